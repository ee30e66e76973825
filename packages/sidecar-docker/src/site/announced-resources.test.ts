import { describe, expect, test } from 'vitest';
import { parseResources } from './announced-resources.ts';

function problemsOf(text: string): string[] {
  const problems: string[] = [];
  parseResources(text, problems);
  return problems;
}

describe('parseResources()', () => {
  test('reads quantities by name', () => {
    const problems: string[] = [];
    expect(parseResources('nvidia.com/gpu=2, memory=64Gi,', problems)).toEqual({
      'nvidia.com/gpu': '2',
      memory: '64Gi',
    });
    expect(parseResources(undefined, problems)).toEqual({});
    expect(problems).toEqual([]);
  });

  test.each([
    ['example.com/fpga=1', /the engine can give pods cpu, .*, amd\.com\/gpu/],
    ['constructor=1', /the engine can give pods/],
    ['memory', /name=quantity is wanted, such as memory=64Gi/],
    ['memory=-1', /name=quantity is wanted/],
    ['memory=1=2', /name=quantity is wanted/],
    ['nvidia.com/gpu=1.5', /a whole number up to 10000 is wanted/],
    ['nvidia.com/gpu=1e9', /a whole number up to 10000 is wanted/],
  ])('refuses %s', (text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
    expect(problemsOf(text)[0]).toContain(`Docker.Resources holds ${JSON.stringify(text)}: `);
  });

  test('tells of everything that is wrong at once', () => {
    expect(problemsOf('cpu=1,cpu=2,gpu=1')).toEqual([
      expect.stringContaining('"cpu=2": cpu is there twice'),
      expect.stringContaining('"gpu=1"'),
    ]);
  });
});
