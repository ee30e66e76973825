import { expect, test } from 'vitest';
import { renderIdentity } from '../job-identity.ts';
import type { PodJob } from '../slurm-job.ts';
import { anIdentity } from '../testing/orders.ts';
import { recordedReleases, recordingsOf, reformat } from '../testing/recorded.ts';
import { jobFields, parseJobs } from './jobs.ts';

/** The last that was seen of each recorded job, by the name that says what became of it. */
function lastSeen(release: string): Map<string, PodJob> {
  const moments = ['squeue-busy-epoch', 'squeue-later-epoch', 'squeue-node-fail-epoch'];
  const lists = moments.flatMap((name) => recordingsOf(release, name)).map((list) => reformat(list, jobFields));
  return new Map(lists.flatMap(parseJobs).map((job) => [job.identity.name, job]));
}

const ran = { startTime: expect.any(Date), estimatedStart: undefined, batchHost: expect.stringMatching(/^\w+$/) };
const waits = { exit: undefined, startTime: undefined, endTime: undefined, nodes: '', batchHost: '' };
const neverRan = { startTime: undefined, endTime: expect.any(Date), nodes: '' };

const expected: Record<string, object> = {
  completed: {
    ...ran,
    state: 'COMPLETED',
    exit: { exitCode: 0, signal: 0 },
    endTime: expect.any(Date),
    reason: undefined,
  },
  'failed-code': { ...ran, state: 'FAILED', exit: { exitCode: 3, signal: 0 }, reason: 'NonZeroExitCode' },
  'failed-signal': { ...ran, state: 'FAILED', exit: { exitCode: 0, signal: 9 } },
  'killed-batch': { ...ran, state: 'FAILED', exit: { exitCode: 0, signal: 9 } },
  timeout: { ...ran, state: 'TIMEOUT', exit: { exitCode: 0, signal: 15 }, reason: 'TimeLimit', timeLimitMinutes: 1 },
  deadline: { ...neverRan, state: 'DEADLINE' },
  cancelled: { ...ran, state: 'CANCELLED', exit: { exitCode: 0, signal: 15 } },
  'cancelled-waiting': { ...neverRan, state: 'CANCELLED' },
  preempted: { ...ran, state: 'PREEMPTED', partition: 'lowcancel' },
  'node-fail': { ...ran, state: 'NODE_FAIL', reason: 'NodeDown' },
  'preempted-requeued': { ...waits, state: 'PENDING', restarts: 1, estimatedStart: expect.any(Date) },
  'node-fail-requeued': { ...waits, state: 'PENDING', restarts: 1 },
  requeued: { ...waits, state: 'PENDING', restarts: 1 },
  'requeued-held': { ...waits, state: 'PENDING', reason: 'job requeued in held state' },
  'special-exit': { ...waits, state: 'SPECIAL_EXIT' },
  'pending-partition-down': { ...waits, state: 'PENDING', reason: 'PartitionDown', estimatedStart: undefined },
  'pending-held': { ...waits, state: 'PENDING', reason: 'JobHeldUser' },
  'pending-held-by-admin': { ...waits, state: 'PENDING', reason: 'JobHeldAdmin' },
  'pending-begin-time': { ...waits, state: 'PENDING', reason: 'BeginTime', estimatedStart: expect.any(Date) },
  'pending-time-limit': { ...waits, state: 'PENDING', reason: 'PartitionTimeLimit', timeLimitMinutes: 60 },
  'pending-dependency-never': { ...waits, state: 'PENDING', reason: 'DependencyNeverSatisfied' },
};

/** What passes, as it was at the first look. */
const passing: Record<string, object> = {
  running: { ...ran, state: 'RUNNING', exit: undefined, endTime: undefined },
  suspended: { ...ran, state: 'SUSPENDED', exit: undefined, endTime: undefined },
  completing: { ...ran, state: 'COMPLETING', exit: undefined, endTime: undefined },
  'pending-resources': { ...waits, state: 'PENDING', reason: 'Resources', estimatedStart: expect.any(Date) },
  'pending-priority': { ...waits, state: 'PENDING', reason: 'Priority', estimatedStart: expect.any(Date) },
};

test.each(recordedReleases.flatMap((release) => Object.keys(passing).map((name) => [release, name] as const)))(
  'parseJobs() of %s reads %s',
  (release, name) => {
    const jobs = recordingsOf(release, 'squeue-busy-epoch').flatMap((list) => parseJobs(reformat(list, jobFields)));
    expect(jobs.find(({ identity }) => identity.name === name)).toMatchObject(passing[name] ?? {});
  },
);

test('parseJobs() reads what became of a job that took too much memory, with control groups and without', () => {
  const ends = ['22.05', '24.11'].map((release) => lastSeen(release).get('out-of-memory-of-child'));
  expect(ends).toMatchObject([
    { state: 'FAILED', exit: { exitCode: 0, signal: 9 } },
    { state: 'OUT_OF_MEMORY', exit: { exitCode: 0, signal: 125 } },
  ]);
});

test.each(recordedReleases)('parseJobs() of %s has the estimates that squeue --start shows', (release) => {
  const starts = recordingsOf(release, 'squeue-busy-start')[0]?.output.stdout ?? '';
  const shown = new Map(starts.split('\n').map((line) => [line.split('|')[0], line.split('|')[2]]));
  const jobs = recordingsOf(release, 'squeue-busy-epoch').flatMap((list) => parseJobs(reformat(list, jobFields)));
  // The scheduler may have come by between the two.
  const estimated = jobs.filter(({ id, estimatedStart }) => estimatedStart !== undefined && shown.has(id));
  expect(estimated.length).toBeGreaterThan(3);
  for (const { id, estimatedStart } of estimated) {
    expect(String(Number(estimatedStart) / 1_000)).toBe(shown.get(id));
  }
});

test.each(recordedReleases.flatMap((release) => Object.keys(expected).map((name) => [release, name] as const)))(
  'parseJobs() of %s reads %s',
  (release, name) => {
    expect(lastSeen(release).get(name)).toMatchObject({ submitTime: expect.any(Date), ...expected[name] });
  },
);

test.each(recordedReleases)(
  'parseJobs() of %s takes every list, knows every state, and leaves foreign jobs out',
  (release) => {
    const lists = recordingsOf(release, 'squeue-').filter(
      ({ argv, output }) =>
        argv.includes('-O') && argv.some((word) => word.includes('RestartCnt')) && output.stdout !== '',
    );
    expect(lists.length).toBeGreaterThan(5);
    const jobs = lists.flatMap((list) => parseJobs(reformat(list, jobFields)));
    expect(jobs.filter(({ state }) => state === 'UNKNOWN')).toEqual([]);
    expect(jobs.filter(({ identity }) => identity.owner.cluster !== 'c')).toEqual([]);
    expect(jobs.filter(({ id }) => !/^\d+$/.test(id))).toEqual([]);
  },
);

test('parseJobs() shows what each field says', () => {
  const line = `7|RUNNING|0:0|100|110|NONE|2|1-00:00:00|main|c[01-02]|/data/a|None|${renderIdentity(anIdentity)}|\n`;
  expect(parseJobs(line)).toEqual([
    {
      id: '7',
      identity: anIdentity,
      state: 'RUNNING',
      reason: undefined,
      exit: undefined,
      submitTime: new Date(100_000),
      startTime: new Date(110_000),
      estimatedStart: undefined,
      endTime: undefined,
      nodes: 'c[01-02]',
      batchHost: 'c01',
      partition: 'main',
      restarts: 2,
      timeLimitMinutes: 1_440,
      workingDirectory: '/data/a',
      cancelledBy: undefined,
    },
  ]);
});

test('parseJobs() is not misled by a delimiter in a reason, headings, and comments with newlines', () => {
  const start = '|PENDING|0:0|100|N/A|N/A|0|5:00|main||/data/a|';
  const text = [
    'CLUSTER: b',
    `7${start}a new disk|soon|${renderIdentity(anIdentity)}|`,
    `8${start}Priority|{"v":1`,
    '9|R|x|',
    `10${start}Priority|(null)|`,
    '',
  ].join('\n');
  expect(parseJobs(text)).toMatchObject([{ id: '7', identity: anIdentity, state: 'PENDING' }]);
});
