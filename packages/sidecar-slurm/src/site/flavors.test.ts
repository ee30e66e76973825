import { describe, expect, test } from 'vitest';
import { parseFlavors } from './flavors.ts';

function parse(value: Record<string, unknown>, byDefault?: string) {
  const problems: string[] = [];
  return { flavors: parseFlavors(value, byDefault, 1500, problems), problems };
}

describe('parseFlavors()', () => {
  test('reads those of the Slurm plugin of old', () => {
    const gpu = {
      ...{ Name: 'gpu', Description: 'One GPU', CPUDefault: 8, MemoryDefault: '64G', UID: 1500 },
      SlurmFlags: ['--gres=gpu:1', '-p gpu'],
    };
    const { flavors, problems } = parse({ gpu, plain: {} }, 'plain');
    expect(problems).toEqual([]);
    expect(flavors.all.get('gpu')).toEqual({
      ...{ name: 'gpu', description: 'One GPU', cpus: 8, memoryMiB: 65_536 },
      flags: new Map([
        ['gres', 'gpu:1'],
        ['partition', 'gpu'],
      ]),
    });
    expect(flavors.byDefault).toMatchObject({ name: 'plain', cpus: undefined, memoryMiB: undefined });
  });

  test.each<[unknown, RegExp]>([
    [7, /^Flavors\.x is 7: a map is wanted$/],
    [{ Cpus: 1 }, /^Flavors\.x\.Cpus is unknown: Name, /],
    [{ Name: 'y' }, /^Flavors\.x\.Name is "y"/],
    [{ CPUDefault: -1 }, /^Flavors\.x\.CPUDefault is -1: a whole number is wanted$/],
    [{ MemoryDefault: 'much' }, /^Flavors\.x\.MemoryDefault is "much": memory such as 16G is wanted$/],
    [
      { UID: 1501 },
      /^Flavors\.x\.UID is 1501: jobs run as the account of the sidecar, which is 1500; .* not supported yet: run the sidecar as account 1501$/,
    ],
    [{ SlurmFlags: 'x' }, /^Flavors\.x\.SlurmFlags is "x": a list of options/],
    [{ SlurmFlags: ['--partition'] }, /^Flavors\.x\.SlurmFlags: --partition: a value is wanted$/],
    [{ SlurmFlags: ['"'] }, /a quote that is not closed/],
    [{ SlurmFlags: ['--export=ALL'] }, /^Flavors\.x\.SlurmFlags: the sidecar keeps --export to itself$/],
  ])('refuses %j', (entry, message) => {
    expect(parse({ x: entry }).problems).toEqual([expect.stringMatching(message)]);
  });

  test('names the flavors that there are', () => {
    expect(parse({ a: {}, b: {} }, 'c').problems).toEqual(['DefaultFlavor is "c": one of Flavors is wanted (a, b)']);
  });
});
