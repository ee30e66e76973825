import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { isTimeout, renderSeconds, startDeadline, untilAborted } from './deadline.ts';

test.each([
  [0, '0s'],
  [59, '59s'],
  [90, '1m30s'],
  [3_600, '1h0m0s'],
])('renderSeconds(%i) is %s', (seconds, text) => {
  expect(renderSeconds(seconds)).toBe(text);
});

test('startDeadline() aborts when the time is over, and says so', async () => {
  const clock = new ManualClock();
  const { signal } = startDeadline(2, new AbortController().signal, clock);
  await clock.advance(1_999);
  expect(signal.aborted).toBe(false);
  await clock.advance(1);
  expect(isTimeout(signal)).toBe(true);
});

test('startDeadline() aborts with its caller, which is no time-out, and leaves no timer behind when ended', () => {
  const clock = new ManualClock();
  const caller = new AbortController();
  const deadline = startDeadline(2, caller.signal, clock);
  caller.abort();
  expect([deadline.signal.aborted, isTimeout(deadline.signal)]).toEqual([true, false]);
  deadline.end();
  expect(clock.due).toEqual([]);
});

test('untilAborted() does not wait for what does not heed the signal', async () => {
  const leaving = new AbortController();
  const waiting = untilAborted(new Promise<never>(() => undefined), leaving.signal);
  leaving.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
