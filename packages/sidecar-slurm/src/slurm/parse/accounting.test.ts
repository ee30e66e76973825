import { describe, expect, test } from 'vitest';
import { diagnose } from '../commands/diagnose.ts';
import type { SlurmJob } from '../slurm-job.ts';
import { accountingSite, type Recording, recording } from '../testing/recorded.ts';
import { accountingFields, parseAccounting } from './accounting.ts';

/** What was recorded with one `--format`, as ours would have shown it; times of the limit were recorded in minutes. */
function asOurs({ argv, output }: Recording): string {
  const format = argv.find((word) => word.startsWith('--format='))?.slice('--format='.length) ?? '';
  const recorded = format.split(',');
  return output.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parts = line.split('|');
      const of = (field: string) => parts[recorded.indexOf(field === 'Timelimit' ? 'TimelimitRaw' : field)] ?? '';
      return `${accountingFields.map(of).join('|')}|\n`;
    })
    .join('');
}

const jobs = new Map(
  parseAccounting(asOurs(recording(accountingSite, 'sacct'))).map((job): [string, SlurmJob] => [job.id, job]),
);

describe('parseAccounting() of what sacct remembers', () => {
  test.each([
    ['3', { state: 'TIMEOUT', exit: { exitCode: 0, signal: 0 } }],
    ['5', { state: 'PREEMPTED' }],
    ['6', { state: 'COMPLETED', exit: { exitCode: 0, signal: 0 } }],
    ['8', { state: 'FAILED', exit: { exitCode: 0, signal: 9 } }],
  ])('reads job %s', (id, expected) => {
    const ended = { nodes: 'vm', batchHost: 'vm', endTime: expect.any(Date), startTime: expect.any(Date) };
    expect(jobs.get(id)).toMatchObject({ ...expected, ...ended, workingDirectory: undefined });
  });

  test('knows every state, and whose each job is', () => {
    const all = [...jobs.values()];
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(({ state }) => state === 'UNKNOWN')).toEqual([]);
    // Comments of jobs that run are not stored yet.
    expect(all.filter(({ identity, state }) => identity === undefined && state !== 'RUNNING')).toEqual([]);
  });

  test('leaves steps out', () => {
    const withSteps = parseAccounting(asOurs(recording(accountingSite, 'sacct-steps')));
    expect(withSteps.map(({ id }) => id)).toEqual([...jobs.keys()]);
  });

  test('is empty for a job that nobody knows', () => {
    expect(parseAccounting(asOurs(recording(accountingSite, 'sacct-unknown-job')))).toEqual([]);
  });
});

test.each([
  ['sbatch-unknown-account', 'refused'],
  ['sbatch-unknown-qos', 'refused'],
  ['sbatch-too-many-jobs', 'busy'],
])('diagnose() of %s where accounts are enforced is %s', (name, trouble) => {
  const { argv, output } = recording(accountingSite, name);
  expect(diagnose(output, 'sbatch', argv.slice(1))).toBe(trouble);
});
