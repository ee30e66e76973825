import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('TokenBucket.take() gives its burst, then its rate, and never saves more than a burst', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, 0);
  expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 250, 500]);
  expect([60_000, 60_000, 60_000].map((now) => bucket.take(now))).toEqual([0, 0, 250]);
});
