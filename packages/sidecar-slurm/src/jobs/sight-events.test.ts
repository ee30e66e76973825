import { expect, test } from 'vitest';
import type { JobState } from '../slurm/job-state.ts';
import type { SlurmJob } from '../slurm/slurm-job.ts';
import { sightEvents } from './sight-events.ts';

function job(state: JobState, parts: Partial<SlurmJob> = {}): SlurmJob {
  return {
    ...{ id: '7', identity: undefined, state, reason: undefined, exit: undefined, submitTime: undefined },
    ...{ startTime: undefined, estimatedStart: undefined, endTime: undefined, nodes: '', batchHost: '' },
    ...{ partition: 'main', restarts: 0, timeLimitMinutes: undefined, workingDirectory: undefined },
    ...{ cancelledBy: undefined, ...parts },
  };
}

/** What is told when the job is seen in these states, one after the other. */
function told(...jobs: ReadonlyArray<SlurmJob>): string[] {
  return jobs.flatMap((seen, index) => {
    const before = jobs[index - 1];
    const isStartTold = jobs.slice(0, index).some(({ estimatedStart }) => estimatedStart !== undefined);
    const events = sightEvents(before === undefined ? { kind: 'unseen' } : { kind: 'seen', job: before }, seen, {
      isEndExpected: false,
      isStartTold,
    });
    return events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  });
}

test.each<[string, ReadonlyArray<SlurmJob>, ReadonlyArray<string>]>([
  ['that runs at once', [job('PENDING'), job('RUNNING'), job('COMPLETED')], []],
  [
    'that waits in the queue, once',
    [job('PENDING'), job('PENDING', { reason: 'Priority' }), job('PENDING', { reason: 'Resources' }), job('RUNNING')],
    ['Normal JobQueued: Job 7 waits in the queue (Priority)'],
  ],
  [
    'that waits in the queue, once more as soon as Slurm says when it may start',
    [
      job('PENDING', { reason: 'Priority' }),
      job('PENDING', { reason: 'Priority', estimatedStart: new Date('2027-01-01T02:00:00Z') }),
      job('PENDING', { reason: 'Priority' }),
      job('PENDING', { reason: 'Resources', estimatedStart: new Date('2027-01-01T03:00:00Z') }),
    ],
    [
      'Normal JobQueued: Job 7 waits in the queue (Priority)',
      'Normal JobQueued: Job 7 waits in the queue (Priority), start expected at 2027-01-01T02:00:00.000Z',
    ],
  ],
  [
    'that never starts',
    [job('PENDING', { reason: 'PartitionDown' }), job('PENDING', { reason: 'PartitionDown' })],
    [
      'Warning JobCannotStart: Job 7 waits (PartitionDown): its partition is down; wait for its administrators, or ask for another partition',
    ],
  ],
  [
    'that somebody cancels, once',
    [job('PENDING'), job('CANCELLED'), job('CANCELLED')],
    ['Warning JobCancelled: Job 7 was cancelled in Slurm'],
  ],
  [
    'that is suspended and resumed',
    [job('RUNNING'), job('SUSPENDED'), job('SUSPENDED'), job('RUNNING')],
    [
      'Warning JobSuspended: Slurm has suspended job 7: it goes on when Slurm resumes it',
      'Normal JobResumed: Slurm has resumed job 7',
    ],
  ],
  [
    'that is begun anew',
    [job('RUNNING'), job('PENDING', { restarts: 1, reason: 'BeginTime' }), job('RUNNING', { restarts: 1 })],
    [
      'Warning JobRequeued: Slurm runs job 7 again from its beginning (restart 1)',
      'Normal JobQueued: Job 7 waits in the queue (BeginTime)',
    ],
  ],
])('sightEvents() tells of a job %s', (_, jobs, expected) => {
  expect(told(...jobs)).toEqual(expected);
});

test('sightEvents() tells of no cancellation that the pod itself has asked for', () => {
  expect(sightEvents({ kind: 'unseen' }, job('CANCELLED'), { isEndExpected: true, isStartTold: false })).toEqual([]);
});
