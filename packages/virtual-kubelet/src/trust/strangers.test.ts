import { expect, test } from 'vitest';
import { maxStrangers, Strangers } from './strangers.ts';

test('Strangers.admit() takes in a bad day’s worth, then no more until some have gone', () => {
  let now = 0;
  const held = new Set<string>();
  const strangers = new Strangers(
    () => now,
    (uid) => held.has(uid),
  );
  const admitted = Array.from({ length: 1_000_000 }, (_, index) => `${index}`).filter((uid) => {
    const isIn = strangers.admit(uid);
    if (isIn) held.add(uid);
    return isIn;
  });
  expect(admitted).toHaveLength(maxStrangers);
  now = 3_600_000;
  expect(strangers.admit('one more')).toBe(false);
  // Gone without a word: a snapshot did not name it.
  held.delete('7');
  now += 1_000;
  expect(strangers.admit('one more')).toBe(true);
  strangers.forget('8');
  expect(strangers.admit('and another')).toBe(true);
  expect(strangers.admit('too many')).toBe(false);
});
