import type { PodReportStatus } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { notMineCode } from '../folder/claim.ts';
import type { ContainerRecord, JobRecord } from '../folder/job-record.ts';
import { type JobState, jobStates } from '../slurm/job-state.ts';
import type { JobExit, SlurmJob } from '../slurm/slurm-job.ts';
import { type Sight, settleMs, silenceMs, stageOf } from './stage-of.ts';
import { toPodReport } from './to-pod-report.ts';

const nowMs = Date.parse('2027-01-01T01:00:00Z');
const spec = { containers: [{ name: 'main', image: 'busybox' }] };
const stored = {
  ...{ owner: { cluster: 'c', node: 'n' }, acceptedAt: '2027-01-01T00:00:00Z' },
  pod: { metadata: { uid: '11111111-1111-4111-8111-111111111111', namespace: 'ns', name: 'p' }, spec },
  order: {} as never,
};
const running: ContainerRecord = {
  attempt: 0,
  state: 'running',
  startedAt: '2027-01-01T00:30:00Z',
  ready: true,
  started: true,
};

function recordOf(phase: JobRecord['phase'], main: ContainerRecord, parts: Partial<JobRecord> = {}): JobRecord {
  return { jobId: '7', restarts: 0, phase, containers: new Map([['main', main]]), ...parts };
}

function endedWith(exitCode: number, parts: Partial<ContainerRecord> = {}): ContainerRecord {
  return { attempt: 0, state: 'terminated', exitCode, ready: false, started: false, ...parts };
}

function jobIn(state: JobState, parts: Partial<SlurmJob> = {}): SlurmJob {
  return {
    ...{ id: '7', identity: undefined, state, reason: undefined, exit: undefined, submitTime: undefined },
    ...{ startTime: undefined, estimatedStart: undefined, endTime: undefined, nodes: 'c1', batchHost: 'c1' },
    ...{ partition: 'main', restarts: 0, timeLimitMinutes: undefined, cancelledBy: undefined },
    ...{ workingDirectory: undefined },
    ...parts,
  };
}

function statusOf(
  sight: Sight,
  record: JobRecord | undefined,
  heardMs: number | undefined = nowMs,
  hasMark = record !== undefined,
): PodReportStatus {
  const stage = stageOf({
    jobId: '7',
    trouble: undefined,
    imageTroubles: new Map(),
    sight,
    record,
    hasMark,
    heardMs,
    leadMs: 90_000,
    nowMs,
  });
  return toPodReport({ stored, jobId: '7', record, stage, terminationMessageOf: () => '' }).status;
}

/** A job that Slurm has shown in this state for long. */
function seen(state: JobState, parts: Partial<SlurmJob> = {}): Sight {
  return { kind: 'seen', job: jobIn(state, parts), endedSinceMs: nowMs - settleMs };
}

const mainState = ({ containerStatuses }: PodReportStatus) => containerStatuses[0]?.state;

describe('a job in Slurm’s state', () => {
  const waiting = { waiting: { reason: 'SlurmPending' } };
  const going = { running: { startedAt: '2027-01-01T00:30:00Z' } };
  const terminated = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });
  const expected: Readonly<Record<(typeof jobStates)[number], object>> = {
    ...{ PENDING: waiting, CONFIGURING: waiting, REQUEUED: waiting, REQUEUE_HOLD: waiting, SPECIAL_EXIT: waiting },
    ...{
      RESV_DEL_HOLD: waiting,
      REQUEUE_FED: waiting,
      POWER_UP_NODE: waiting,
      RECONFIG_FAIL: terminated(137, 'NodeFailed'),
    },
    ...{ RUNNING: going, STAGE_OUT: going, SIGNALING: going, RESIZING: going, COMPLETING: going, UPDATE_DB: going },
    ...{ SUSPENDED: going, STOPPED: going },
    ...{ COMPLETED: terminated(0, 'Completed'), FAILED: terminated(3, 'Error') },
    ...{ TIMEOUT: terminated(143, 'DeadlineExceeded'), DEADLINE: terminated(143, 'DeadlineExceeded') },
    OUT_OF_MEMORY: terminated(137, 'OOMKilled'),
    CANCELLED: terminated(143, 'Cancelled'),
    ...{ PREEMPTED: terminated(143, 'Preempted'), REVOKED: terminated(143, 'Preempted') },
    ...{ NODE_FAIL: terminated(137, 'NodeFailed'), BOOT_FAIL: terminated(137, 'NodeFailed') },
    LAUNCH_FAILED: terminated(137, 'NodeFailed'),
  };

  test.each(jobStates)('%s, cut off in the middle', (state) => {
    const exit: JobExit = { exitCode: state === 'FAILED' ? 3 : 0, signal: 0 };
    // What waits was begun before: Slurm counts that at once.
    const sight = seen(state, { exit, restarts: 1 });
    expect(mainState(statusOf(sight, recordOf('running', running)))).toMatchObject(expected[state]);
  });

  test.each(['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'PREEMPTED'] as const)(
    '%s keeps the exit code that the job has written down',
    (state) => {
      const status = statusOf(seen(state), recordOf('ended', endedWith(5)));
      expect(mainState(status)).toMatchObject({ terminated: { exitCode: 5, reason: 'Error' } });
    },
  );

  test.each(['CANCELLED', 'NODE_FAIL'] as const)('%s after it had ended by itself is what it was', (state) => {
    const status = statusOf(seen(state), recordOf('ended', endedWith(0)));
    expect(status.reason).toBeUndefined();
    expect(mainState(status)).toMatchObject({ terminated: { exitCode: 0, reason: 'Completed' } });
  });

  test('FAILED by our own KILL has the reason that the job has written down', () => {
    const record = recordOf('ended', endedWith(137, { signal: 9 }), {
      reason: 'DeadlineExceeded',
      message: 'too long',
    });
    const status = statusOf(seen('FAILED', { exit: { exitCode: 0, signal: 9 } }), record);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' });
    expect(mainState(status)).toMatchObject({ terminated: { exitCode: 137, signal: 9 } });
  });

  test('RUNNING of a pod that its script ends says why as soon as every container has ended, and no sooner', () => {
    const why = { reason: 'DeadlineExceeded', message: 'too long' };
    const ending = statusOf(seen('RUNNING'), recordOf('ending', endedWith(137), why));
    expect(ending).toMatchObject({ phase: 'Failed', ...why });
    expect(statusOf(seen('RUNNING'), recordOf('ending', running, why)).phase).toBeUndefined();
  });

  test('OUT_OF_MEMORY says so of a container that was killed, and of no other', () => {
    expect(mainState(statusOf(seen('OUT_OF_MEMORY'), recordOf('ended', endedWith(137))))).toMatchObject({
      terminated: { reason: 'OOMKilled' },
    });
    expect(mainState(statusOf(seen('OUT_OF_MEMORY'), recordOf('ended', endedWith(0))))).toMatchObject({
      terminated: { reason: 'Completed' },
    });
  });

  test('PENDING tells why, and when it is thought to begin', () => {
    const estimatedStart = new Date('2027-01-01T02:00:00Z');
    const status = statusOf(seen('PENDING', { reason: 'Resources', estimatedStart }), undefined);
    expect(status.queue).toEqual({
      state: 'PENDING',
      reason: 'Resources',
      estimatedStart: estimatedStart.toISOString(),
    });
    expect(mainState(status)?.waiting?.message).toBe(
      'The job is PENDING: Resources, start expected at 2027-01-01T02:00:00.000Z',
    );
  });

  test('PENDING again after a preemption shows nothing of the time before', () => {
    expect(mainState(statusOf(seen('PENDING', { restarts: 1 }), recordOf('running', running)))).toMatchObject(waiting);
  });

  test('PENDING when squeue was asked, and begun by its own word since, runs', () => {
    const again = { restarts: 1 };
    expect(mainState(statusOf(seen('PENDING'), recordOf('running', running)))).toMatchObject(going);
    expect(mainState(statusOf(seen('PENDING', again), recordOf('running', running, again)))).toMatchObject(going);
    expect(mainState(statusOf(seen('PENDING'), recordOf('running', running, { jobId: '6' })))).toMatchObject(waiting);
  });

  test('PENDING has not ended before Slurm agrees: what was shown as running does not wait again', () => {
    const times = { startedAt: '2027-01-01T00:30:00Z', finishedAt: '2027-01-01T00:40:00Z' };
    const record = recordOf('ended', endedWith(0, times), { finishedAt: '2027-01-01T00:40:01Z' });
    const status = statusOf(seen('PENDING'), record);
    expect(mainState(status)).toEqual(going);
    expect(status.phase).toBeUndefined();
    expect(mainState(statusOf(seen('PENDING', { restarts: 1 }), record))).toMatchObject(waiting);
  });

  test.each([143, 0])('that ended by signal or code is never a success: exit code %i', (exitCode) => {
    const status = statusOf(seen('FAILED', { exit: { exitCode, signal: exitCode === 0 ? 9 : 0 } }), undefined);
    expect(mainState(status)?.terminated?.exitCode).toBe(exitCode === 0 ? 137 : 143);
  });

  test.each([
    ['COMPLETED', { exitCode: 0, signal: 0 }],
    ['COMPLETED', undefined],
    ['FAILED', { exitCode: notMineCode, signal: 0 }],
  ] as const)('%s %j without a sign that it has begun the pod is no success', (state, exit) => {
    const terminated = { exitCode: 137, reason: 'ContainerStatusUnknown' };
    const unbegun = { ...terminated, message: expect.stringContaining('without having begun the pod') };
    expect(mainState(statusOf(seen(state, { exit }), undefined))).toMatchObject({ terminated: unbegun });
    const gone: Sight = { kind: 'gone', job: jobIn(state, { exit }), sinceMs: nowMs };
    expect(mainState(statusOf(gone, undefined))).toMatchObject({ terminated: unbegun });
    expect(mainState(statusOf(gone, undefined, nowMs, true))).toMatchObject({
      terminated: { exitCode: exit?.exitCode ?? 0 },
    });
  });

  test('CANCELLED before it had a node is over at once: there is no last word to wait for', () => {
    const job = jobIn('CANCELLED', { nodes: '', batchHost: '' });
    const status = statusOf({ kind: 'seen', job, endedSinceMs: nowMs }, undefined);
    expect(mainState(status)).toMatchObject({ terminated: { exitCode: 143, reason: 'Cancelled' } });
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
  });

  test('that has just ended is given time for its last word', () => {
    const justNow: Sight = { kind: 'seen', job: jobIn('COMPLETED'), endedSinceMs: nowMs - settleMs + 1 };
    expect(mainState(statusOf(justNow, recordOf('running', running)))).toMatchObject(going);
  });
});

describe('a job that was asked to end by somebody else, and has', () => {
  const askedAt = '2027-01-01T00:59:00.000Z';
  const recordOfEnd = (finishedAt: string) =>
    recordOf('ended', endedWith(0, { startedAt: '2027-01-01T00:30:00Z', finishedAt }), { askedAt });
  const leaving = recordOfEnd('2027-01-01T00:59:01.000Z');

  test.each<Sight>([seen('RUNNING'), { kind: 'unseen' }])('runs on until Slurm says why: $kind', (sight) => {
    expect(mainState(statusOf(sight, leaving))).toEqual({ running: { startedAt: '2027-01-01T00:30:00Z' } });
  });

  test('of which one part has ended and another has not, runs on as well', () => {
    const ending = { ...leaving, phase: 'ending' as const };
    expect(mainState(statusOf(seen('RUNNING'), ending))?.running).toBeDefined();
  });

  test('whose container was signalled as well, and has ended a moment before the script heard, runs on', () => {
    const status = statusOf(seen('RUNNING'), recordOfEnd('2027-01-01T00:58:59.500Z'));
    expect(mainState(status)?.running).toBeDefined();
  });

  test('keeps what had ended before', () => {
    const status = statusOf(seen('RUNNING'), recordOfEnd('2027-01-01T00:58:50.000Z'));
    expect(mainState(status)?.terminated?.exitCode).toBe(0);
  });

  test.each<[JobState, Partial<SlurmJob>, string]>([
    ['CANCELLED', {}, 'Cancelled'],
    ['PREEMPTED', {}, 'Preempted'],
    ['COMPLETED', { startTime: new Date('2027-01-01T00:00:00Z'), timeLimitMinutes: 60 }, 'DeadlineExceeded'],
    ['FAILED', { startTime: new Date('2027-01-01T00:00:00Z'), timeLimitMinutes: 120 }, 'Terminated'],
    ['COMPLETED', { startTime: new Date('2027-01-01T00:00:00Z') }, 'Terminated'],
  ])('%s %j is no success, whatever its containers say', (state, parts, reason) => {
    const status = statusOf(seen(state, parts), leaving);
    expect(status).toMatchObject({ phase: 'Failed', reason });
    expect(mainState(status)?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });
});

describe('a job that squeue has forgotten', () => {
  const gone: Sight = { kind: 'gone', job: undefined, sinceMs: nowMs };

  test('is what it has written down', () => {
    expect(mainState(statusOf(gone, recordOf('ended', endedWith(0))))).toMatchObject({ terminated: { exitCode: 0 } });
  });

  test('is what sacct says of it', () => {
    const accounted: Sight = { ...gone, job: jobIn('NODE_FAIL') };
    expect(mainState(statusOf(accounted, recordOf('running', running)))).toMatchObject({
      terminated: { reason: 'NodeFailed' },
    });
  });

  test('says who cancelled it, where sacct does', () => {
    const cancelled = (cancelledBy: string | undefined): Sight => ({
      ...gone,
      job: jobIn('CANCELLED', { cancelledBy }),
    });
    const message = 'The job was cancelled in Slurm, by user 1000';
    const ended = statusOf(cancelled('1000'), undefined);
    expect(ended).toMatchObject({ reason: 'Cancelled', message });
    expect(mainState(ended)?.terminated).toMatchObject({ reason: 'Cancelled', message });
    expect(statusOf(cancelled(undefined), undefined).message).toBe('The job was cancelled in Slurm');
    const asked = recordOf('ended', endedWith(0), { askedAt: '2027-01-01T00:59:00.000Z' });
    expect(statusOf(cancelled('1000'), asked)).toMatchObject({ reason: 'Cancelled', message });
  });

  test('runs while it writes, and is lost when it is silent', () => {
    const record = recordOf('running', running);
    expect(mainState(statusOf(gone, record, nowMs - silenceMs + 1))?.running).toBeDefined();
    expect(mainState(statusOf(gone, record, nowMs - silenceMs))).toMatchObject({
      terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' },
    });
  });
});

test('before squeue has shown the job, its own record counts', () => {
  expect(mainState(statusOf({ kind: 'unseen' }, undefined))?.waiting?.reason).toBe('SlurmPending');
  expect(mainState(statusOf({ kind: 'unseen' }, recordOf('running', running)))?.running).toBeDefined();
});
