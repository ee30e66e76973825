import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxGrownBytes, runTarget } from './run-target.ts';
import { hold, type Target } from './target.ts';
import { targets } from './targets/index.ts';

// The YAML library tells of odd documents by warnings of the process.
const listeners = process.listeners('warning');
beforeAll(() => void process.removeAllListeners('warning'));
afterAll(() => listeners.forEach((listener) => void process.on('warning', listener)));

const run = { inputs: 300, longBytes: 16 * 1024 };

test.each(targets.map((target) => [target.name, target] as const))('%s takes whatever comes', async (_name, target) => {
  const { inputs, grownBytes } = await runTarget(target, { ...run, seed: 1 });
  expect(inputs).toBe(run.inputs);
  expect(grownBytes).toBeLessThan(maxGrownBytes);
});

test('docs/security.md lists every target, each by a name of its own', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8');
  const [, section = ''] = text.split('\n| bytes of | targets |\n');
  const listed = [...(section.split('\n\n')[0] ?? '').matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(targets.map(({ name }) => name).toSorted());
});

describe('runTarget()', () => {
  const corpus = [Buffer.from('{"a":[1,2,{"b":"text"}]}')];
  const failing = (read: Target['read'], mayThrow?: Target['mayThrow']): Target => ({
    ...{ name: 'x', corpus, read },
    ...(mayThrow === undefined ? {} : { mayThrow }),
  });

  test('shows an input, made small, by which something else is thrown than is documented', async () => {
    const target = failing((input) => {
      if (input.includes('b')) throw new TypeError('no such thing');
    });
    const failure = await runTarget(target, { ...run, seed: 1 }).catch((error: unknown) => error);
    expect(String(failure)).toContain('x: TypeError: no such thing');
    expect(String(failure)).toContain('input: Buffer.from("b")');
  });

  test('takes what is documented, and no claim that does not hold', async () => {
    const documented = failing(JSON.parse as never, (error) => error instanceof SyntaxError);
    await expect(runTarget(documented, { ...run, seed: 1 })).resolves.toMatchObject({ inputs: run.inputs });
    const broken = failing((input) => hold(input.length < 20, 'it is short'));
    await expect(runTarget(broken, { ...run, seed: 1 })).rejects.toThrow('it is short');
  });

  test('makes the same inputs of the same seed', async () => {
    const seen = async (seed: number) => {
      const all: string[] = [];
      await runTarget(
        failing((input) => all.push(input.toString('latin1'))),
        { ...run, seed },
      );
      return all;
    };
    expect(await seen(3)).toEqual(await seen(3));
    expect(await seen(3)).not.toEqual(await seen(4));
  });

  test('sees what is kept', async () => {
    const kept: Buffer[] = [];
    const { grownBytes } = await runTarget(
      failing(() => kept.push(Buffer.alloc(128 * 1024))),
      { ...run, seed: 1 },
    );
    expect(grownBytes).toBeGreaterThan(maxGrownBytes);
  });
});
