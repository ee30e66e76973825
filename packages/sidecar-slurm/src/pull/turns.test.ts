import { expect, test } from 'vitest';
import { settle } from '../slurm/testing/manual-clock.ts';
import { Turns } from './turns.ts';

test('Turns lets two in, one of a kind, and those who have left do not count', async () => {
  const turns = new Turns(2);
  const began: string[] = [];
  const leave = new AbortController();
  const ends = new Map<string, () => void>();
  const come = async (name: string, signal = new AbortController().signal) =>
    await turns.run(
      name.slice(0, 1),
      async () => {
        began.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        return name;
      },
      signal,
    );
  const [first] = [come('a1'), come('a2'), come('b1'), come('c1')];
  const left = come('c2', leave.signal);
  await settle();
  expect(began).toEqual(['a1', 'b1']);
  leave.abort();
  expect(await left).toBeUndefined();
  expect(await come('d1', leave.signal)).toBeUndefined();
  ends.get('b1')?.();
  await settle();
  expect(began).toEqual(['a1', 'b1', 'c1']);
  ends.get('a1')?.();
  ends.get('c1')?.();
  expect(await first).toBe('a1');
  await settle();
  expect(began).toEqual(['a1', 'b1', 'c1', 'a2']);
});
