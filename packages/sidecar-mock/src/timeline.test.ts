import { expect, test } from 'vitest';
import { playSteps, type TimelineStep } from './timeline.ts';

const createdAtMs = Date.parse('2027-01-01T00:00:00Z');

const steps: ReadonlyArray<TimelineStep> = [
  { atMs: 1_000, to: { kind: 'running' } },
  { atMs: 2_000, to: { kind: 'exited', exitCode: 3, reason: undefined, message: undefined } },
  { atMs: 2_000, to: { kind: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off' } },
  { atMs: 4_000, to: { kind: 'running' } },
  { atMs: 5_000, to: { kind: 'exited', exitCode: 0, reason: undefined, message: 'done' } },
];

const failed = {
  terminated: {
    exitCode: 3,
    reason: 'Error',
    startedAt: '2027-01-01T00:00:01.000Z',
    finishedAt: '2027-01-01T00:00:02.000Z',
  },
};
const first = { firstStartedAt: '2027-01-01T00:00:01.000Z' };

test.each([
  ['waits before its first step', 999, { state: { waiting: { reason: 'ContainerCreating' } }, restartCount: 0 }, 1_000],
  [
    'runs from then',
    1_000,
    { ...first, state: { running: { startedAt: '2027-01-01T00:00:01.000Z' } }, restartCount: 0 },
    2_000,
  ],
  [
    'waits for its restart, and remembers its end',
    2_000,
    {
      ...first,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      lastState: failed,
      restartCount: 0,
    },
    4_000,
  ],
  [
    'has been restarted once',
    4_500,
    { ...first, state: { running: { startedAt: '2027-01-01T00:00:04.000Z' } }, lastState: failed, restartCount: 1 },
    5_000,
  ],
  [
    'has ended for good',
    9_000,
    {
      ...first,
      state: {
        terminated: {
          ...{ exitCode: 0, reason: 'Completed', message: 'done' },
          ...{ startedAt: '2027-01-01T00:00:04.000Z', finishedAt: '2027-01-01T00:00:05.000Z' },
        },
      },
      lastState: failed,
      restartCount: 1,
    },
    undefined,
  ],
])('playSteps(): a container %s', (_, elapsedMs, played, nextInMs) => {
  const nextMs = nextInMs === undefined ? undefined : createdAtMs + nextInMs;
  expect(playSteps(steps, createdAtMs, createdAtMs + elapsedMs)).toEqual({ ...played, nextMs });
});
