import { expect, test } from 'vitest';
import { keepDoing, sleep } from './wait.ts';

test('sleep() returns when the signal aborts, also one that had', async () => {
  const controller = new AbortController();
  const slept = sleep(60_000, controller.signal);
  controller.abort();
  await slept;
  await sleep(60_000, controller.signal);
});

test('keepDoing() tells what each round throws, goes on, and stops with the signal', async () => {
  const controller = new AbortController();
  const errors: unknown[] = [];
  let rounds = 0;
  await keepDoing(
    async () => {
      rounds += 1;
      if (rounds === 4) controller.abort();
      if (rounds !== 2) throw new Error(`round ${rounds}`);
    },
    (error) => void errors.push(String(error)),
    { baseMs: 1, maxMs: 2, settledMs: 1_000, signal: controller.signal },
  );
  // What a round throws because it was told to stop is no news.
  expect(errors).toEqual(['Error: round 1', 'Error: round 3']);
});
