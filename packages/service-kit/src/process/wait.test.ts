import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepDoing, sleep } from './wait.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('sleep() returns when the signal aborts, also one that had', async () => {
  const controller = new AbortController();
  const slept = sleep(60_000, controller.signal);
  controller.abort();
  await slept;
  await sleep(60_000, controller.signal);
});

test('keepDoing() backs off while rounds fail and stops with the signal', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const controller = new AbortController();
  const starts: number[] = [];
  const begun = performance.now();
  const kept = keepDoing(
    async () => {
      starts.push(performance.now() - begun);
      throw new Error('broken');
    },
    () => undefined,
    { baseMs: 100, maxMs: 400, settledMs: 1_000, signal: controller.signal },
  );
  await vi.advanceTimersByTimeAsync(1_200);
  expect(starts).toEqual([0, 100, 300, 700, 1_100]);
  controller.abort();
  await kept;
});
