import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('take() gives a burst at once, then one each time its part of a second has passed', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 10 }, 0);
  expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
  expect([0, 50].map((now) => bucket.waitMs(now))).toEqual([100, 50]);
  expect([50, 100, 100].map((now) => bucket.take(now))).toEqual([false, true, false]);
});

test('reserve() takes in advance, and says how long to wait for it', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, 0);
  expect([0, 0, 0, 0].map((now) => bucket.reserve(now))).toEqual([0, 0, 250, 500]);
  expect([60_000, 60_000, 60_000].map((now) => bucket.reserve(now))).toEqual([0, 0, 250]);
});

test('a bucket is full after a rest, and never holds more', () => {
  const bucket = new TokenBucket({ burst: 20, perSecond: 10 }, 0);
  bucket.take(0);
  expect([50, 3_600_000].map((now) => bucket.isFull(now))).toEqual([false, true]);
  expect(Array.from({ length: 21 }, () => bucket.take(3_600_000)).filter(Boolean)).toHaveLength(20);
});

test('a clock that goes back takes nothing away', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, 1_000);
  expect([bucket.take(0), bucket.take(0)]).toEqual([true, true]);
});
