import { expect, test } from 'vitest';
import { PollPace } from './poll-pace.ts';

const busy = { isIdle: false };

test('PollPace is a second after a change, and grows to ten while nothing does', () => {
  const pace = new PollPace();
  const waits = Array.from({ length: 8 }, () => {
    const waitMs = pace.waitMs(busy);
    pace.answered({ hasChanged: false, tookMs: 10 });
    return Math.round(waitMs);
  });
  expect(waits).toEqual([1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 10_000, 10_000]);
  pace.answered({ hasChanged: true, tookMs: 10 });
  expect(pace.waitMs(busy)).toBe(1_000);
});

test('PollPace is half a minute while no pod can change, but for the first moment', () => {
  const pace = new PollPace();
  expect(pace.waitMs({ isIdle: true })).toBe(1_000);
  pace.answered({ hasChanged: false, tookMs: 10 });
  expect(pace.waitMs({ isIdle: true })).toBe(30_000);
  pace.hurry();
  expect(pace.waitMs({ isIdle: true })).toBe(1_000);
});

test('PollPace leaves a slow plugin alone for twice as long as it took, and for a minute at most', () => {
  const pace = new PollPace();
  pace.answered({ hasChanged: true, tookMs: 4_000 });
  expect(pace.waitMs(busy)).toBe(8_000);
  pace.answered({ hasChanged: true, tookMs: 90_000 });
  expect(pace.waitMs(busy)).toBe(60_000);
});
