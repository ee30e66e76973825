import { expect, test } from 'vitest';
import { Sessions, sessionLifetimeMs } from './sessions.ts';

test('Sessions know the token of one that was opened, until it is closed or an hour is over', () => {
  let now = 0;
  const sessions = new Sessions(() => now);
  const [first, second] = [sessions.open('a', 'token-a'), sessions.open('b', 'token-b')];
  expect([sessions.tokenOf(first), sessions.tokenOf(second)]).toEqual(['token-a', 'token-b']);
  expect(sessions.tokenOf(`${first}x`)).toBeUndefined();
  sessions.close(first);
  expect(sessions.tokenOf(first)).toBeUndefined();
  now = sessionLifetimeMs - 1;
  expect(sessions.tokenOf(second)).toBe('token-b');
  now = sessionLifetimeMs;
  expect(sessions.tokenOf(second)).toBeUndefined();
});

test('Sessions of one identity are twenty at most, and another’s stay', () => {
  const sessions = new Sessions();
  const other = sessions.open('b', 'token-b');
  const own = Array.from({ length: 22 }, () => sessions.open('a', 'token-a'));
  expect(own.map((id) => sessions.tokenOf(id) !== undefined)).toEqual([false, false, ...Array(20).fill(true)]);
  expect(sessions.tokenOf(other)).toBe('token-b');
});
