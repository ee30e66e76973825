import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { aborted, keepDoing, sleep } from './wait.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('sleep() ends after its time, or at once when the signal aborts', async () => {
  const stop = new AbortController();
  const ended: string[] = [];
  const whole = sleep(1_000, new AbortController().signal).then(() => ended.push('whole'));
  const cut = sleep(1_000, stop.signal).then(() => ended.push('cut'));
  stop.abort();
  await cut;
  expect(ended).toEqual(['cut']);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).toEqual(['cut']);
  await vi.advanceTimersByTimeAsync(1);
  await whole;
  expect(ended).toEqual(['cut', 'whole']);
  await sleep(1_000, stop.signal);
});

test('aborted() resolves when the signal aborts, and for one that has aborted already', async () => {
  const stop = new AbortController();
  const waiting = aborted(stop.signal);
  stop.abort();
  await waiting;
  await aborted(stop.signal);
});

test('keepDoing() repeats with growing waits, tells errors, and starts anew after a round that lasted', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const stop = new AbortController();
  const startedAt: number[] = [];
  const errors: unknown[] = [];
  const done = keepDoing(
    async () => {
      startedAt.push(performance.now());
      if (startedAt.length === 5) await sleep(5_000, stop.signal);
      throw new Error(`round ${startedAt.length}`);
    },
    (error) => errors.push((error as Error).message),
    { baseMs: 100, maxMs: 300, settledMs: 5_000, signal: stop.signal },
  );
  await vi.advanceTimersByTimeAsync(6_200);
  const waits = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0));
  expect(waits).toEqual([100, 200, 300, 300, 5_100, 200]);
  expect(errors.slice(0, 2)).toEqual(['round 1', 'round 2']);
  stop.abort();
  await done;
});

test('keepDoing() does not tell what a round throws because it was told to stop', async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  const round = async () => {
    stop.abort();
    throw new Error('told to stop');
  };
  await keepDoing(round, (error) => errors.push(error), { baseMs: 1, maxMs: 2, settledMs: 1, signal: stop.signal });
  expect(errors).toEqual([]);
});
