import { expect, test } from 'vitest';
import { EventLimit } from './event-limit.ts';

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
