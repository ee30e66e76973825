import { expect, test } from 'vitest';
import { PollPace } from './poll-pace.ts';

function after(floorMs: number, ...tookMs: number[]): PollPace {
  const pace = new PollPace(floorMs);
  for (const ms of tookMs) pace.answered(ms);
  return pace;
}

test.each([
  { floorMs: 2_000, tookMs: 20, intervalMs: 2_000, soonMs: 500, why: 'keeps to the floor where Slurm is quick' },
  {
    floorMs: 2_000,
    tookMs: 1_000,
    intervalMs: 5_000,
    soonMs: 5_000,
    why: 'leaves a slow Slurm alone five times as long',
  },
  { floorMs: 120_000, tookMs: 20, intervalMs: 120_000, soonMs: 120_000, why: 'never asks sooner than a site wants it' },
])('PollPace $why', ({ floorMs, tookMs, intervalMs, soonMs }) => {
  const pace = after(floorMs, tookMs);
  expect([pace.intervalMs, pace.soonMs]).toEqual([intervalMs, soonMs]);
});

test('PollPace waits longer with each failure, up to a minute, until there is an answer', () => {
  const pace = after(2_000, 20);
  const waits = Array.from({ length: 7 }, () => {
    pace.failed();
    return pace.intervalMs;
  });
  expect(waits).toEqual([4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  pace.answered(20);
  expect(pace.intervalMs).toBe(2_000);
});
