import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('take() gives twice the rate at once, then one each time its part of a second has passed', () => {
  const bucket = new TokenBucket(10, 0);
  expect(Array.from({ length: 20 }, () => bucket.take(0))).toEqual(Array(20).fill(0));
  expect(bucket.take(0)).toBeCloseTo(0.1);
  expect(bucket.take(50)).toBeCloseTo(0.05);
  expect(bucket.take(100)).toBe(0);
  expect(bucket.take(100)).toBeCloseTo(0.1);
});

test('a bucket is full after a rest, and never holds more', () => {
  const bucket = new TokenBucket(10, 0);
  bucket.take(0);
  expect(bucket.isFull(50)).toBe(false);
  expect(bucket.isFull(3_600_000)).toBe(true);
  expect(Array.from({ length: 21 }, () => bucket.take(3_600_000)).filter((wait) => wait === 0)).toHaveLength(20);
});

test('a clock that goes back takes nothing away', () => {
  const bucket = new TokenBucket(1, 1_000);
  expect([bucket.take(0), bucket.take(0)]).toEqual([0, 0]);
});
