import { expect, test } from 'vitest';
import { Rounds } from './rounds.ts';

test('Rounds gives all who ask during a round one round after it', async () => {
  let begun = 0;
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const rounds = new Rounds(async () => {
    begun += 1;
    const mine = begun;
    await gates[mine - 1]?.promise;
    return mine;
  });
  const first = rounds.run('a');
  const later = [rounds.run('a'), rounds.run('a')];
  expect(begun).toBe(1);
  gates[0]?.resolve();
  expect(await first).toBe(1);
  gates[1]?.resolve();
  expect(await Promise.all(later)).toEqual([2, 2]);
  await rounds.idle();
});

test('Rounds goes on after a round that failed, and keeps keys apart', async () => {
  let count = 0;
  const rounds = new Rounds(async (key) => {
    count += 1;
    if (count === 1) throw new Error('broken');
    return key;
  });
  const failed = rounds.run('a');
  const [next, other] = [rounds.run('a'), rounds.run('b')];
  await expect(failed).rejects.toThrow('broken');
  expect(await next).toBe('a');
  expect(await other).toBe('b');
});
