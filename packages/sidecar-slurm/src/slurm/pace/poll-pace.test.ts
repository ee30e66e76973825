import { expect, test } from 'vitest';
import { PollPace } from './poll-pace.ts';

test.each([
  [10, 1_000],
  [200, 1_000],
  [400, 2_000],
  [60_000, 30_000],
])('PollPace waits after an answer that took %i ms for %i ms', (tookMs, waitMs) => {
  expect(new PollPace({ floorMs: 1_000, ceilingMs: 30_000 }).afterAnswer(tookMs)).toBe(waitMs);
});

test('PollPace doubles the wait with each failure, up to the ceiling, until there is an answer', () => {
  const pace = new PollPace({ floorMs: 1_000, ceilingMs: 9_000 });
  expect([50, 50, 50, 50].map((tookMs) => pace.afterFailure(tookMs))).toEqual([2_000, 4_000, 8_000, 9_000]);
  expect(pace.afterAnswer(50)).toBe(1_000);
  expect(pace.afterFailure(50)).toBe(2_000);
});
