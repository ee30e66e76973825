import { expect, test } from 'vitest';
import { EventLimit } from './event-limit.ts';
import { TokenBucket } from './token-bucket.ts';

test('TokenBucket.take() gives its burst, then its rate, and never saves more than a burst', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
  const taken = (nowMs: number) => [1, 2, 3, 4, 5].filter(() => bucket.take(nowMs)).length;
  expect(taken(0)).toBe(3);
  expect(bucket.waitMs(0)).toBe(500);
  expect(taken(500)).toBe(1);
  expect(taken(1_000_000)).toBe(3);
  expect(taken(0)).toBe(0);
});

test('EventLimit.allows() 20 of a pod, 1000 of a node, and more as time passes', () => {
  let now = 0;
  const limit = new EventLimit(() => now);
  const told = (uid: string, count: number) => Array.from({ length: count }).filter(() => limit.allows(uid)).length;
  expect(told('flood', 500)).toBe(20);
  const pods = Array.from({ length: 200 }, (_, index) => `pod-${index}`);
  expect(pods.reduce((sum, uid) => sum + told(uid, 10), 0)).toBe(980);
  now = 60_000;
  expect(told('flood', 500)).toBe(2);
});
