import { expect, test } from 'vitest';
import { at, endedAttempt, runningAttempt, startMs } from '../testing/facts.ts';
import { nextRestart } from './restart.ts';

const failed = { exitCode: 1, startedAt: at(0), finishedAt: at(1) };

test.each([
  [0, 0],
  [1, 10],
  [2, 20],
  [3, 40],
  [5, 160],
  [6, 300],
  [40, 300],
])('nextRestart() after %i earlier failures waits %i s', (failuresBefore, seconds) => {
  const restart = nextRestart(endedAttempt(0, failed, failuresBefore), 'Always');
  expect(restart).toMatchObject({ delayMs: seconds * 1_000, atMs: startMs + 1_000 + seconds * 1_000 });
});

test('nextRestart() counts from the beginning after an attempt of ten minutes', () => {
  const recovered = endedAttempt(7, { exitCode: 1, finishedAt: at(600) }, 7);
  expect(nextRestart(recovered, 'Always')).toMatchObject({ delayMs: 0, failuresBefore: 1 });
  const notYet = endedAttempt(7, { exitCode: 1, finishedAt: at(599) }, 7);
  expect(nextRestart(notYet, 'Always')).toMatchObject({ delayMs: 300_000, failuresBefore: 8 });
});

test('nextRestart() keeps to the restart policy', () => {
  expect(nextRestart(endedAttempt(0), 'Always')).toBeDefined();
  expect(nextRestart(endedAttempt(0), 'OnFailure')).toBeUndefined();
  expect(nextRestart(endedAttempt(0, failed), 'OnFailure')).toBeDefined();
  expect(nextRestart(endedAttempt(0, failed), 'Never')).toBeUndefined();
  expect(nextRestart(runningAttempt(0), 'Always')).toBeUndefined();
});
