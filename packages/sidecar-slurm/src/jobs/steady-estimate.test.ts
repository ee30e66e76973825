import { describe, expect, test } from 'vitest';
import type { SlurmJob } from '../slurm/slurm-job.ts';
import { steadyEstimate } from './steady-estimate.ts';

const nowMs = Date.parse('2027-01-01T00:00:00Z');
const startingIn = (minutes: number | undefined): SlurmJob => ({
  ...{ id: '7', identity: undefined, state: 'PENDING', reason: 'Priority', exit: undefined, submitTime: undefined },
  ...{ startTime: undefined, endTime: undefined, nodes: '', batchHost: '', partition: 'main', restarts: 0 },
  ...{ timeLimitMinutes: undefined, workingDirectory: undefined, cancelledBy: undefined },
  estimatedStart: minutes === undefined ? undefined : new Date(nowMs + minutes * 60_000),
});

describe('steadyEstimate()', () => {
  test.each([
    ['moves by seconds', 5, 5.5, 5],
    ['moves by minutes', 5, 8, 8],
    ['moves by minutes and is hours away', 300, 310, 300],
    ['moves by an hour and is hours away', 300, 360, 360],
    ['is there for the first time', undefined, 5, 5],
    ['was for a time that is over', -1, -0.5, -0.5],
  ] as const)('when it %s', (_, before, after, shown) => {
    expect(steadyEstimate(startingIn(before), startingIn(after), nowMs, nowMs)).toEqual(startingIn(shown));
  });

  test.each([
    ['is not there for a minute, while backfill thinks', 60, startingIn(undefined), 5],
    ['is not there any more', 120, startingIn(undefined), undefined],
    [
      'is not there, as the job waits for something else',
      0,
      { ...startingIn(undefined), reason: 'JobHeldUser' },
      undefined,
    ],
    ['is not there, as the job has begun', 0, { ...startingIn(undefined), state: 'RUNNING' as const }, undefined],
  ])('when it %s', (_, silentSeconds, after, shown) => {
    const job = steadyEstimate(startingIn(5), after, nowMs, nowMs - silentSeconds * 1_000);
    expect(job).toEqual({ ...after, estimatedStart: startingIn(shown).estimatedStart });
  });
});
