import { expect, test } from 'vitest';
import { isCancelled } from '../cancel-arguments.ts';
import { parseJobId } from '../submit-arguments.ts';
import { recordedReleases, recordingsOf } from '../testing/recorded.ts';
import { diagnose } from './diagnose.ts';

const recorded = recordedReleases.flatMap((release) =>
  ['sbatch', 'squeue', 'scancel', 'sinfo', 'scontrol-show'].flatMap((prefix) => recordingsOf(release, `${prefix}-`)),
);
const away = recorded.filter(({ name }) => name.endsWith('controller-away'));
const refusedSubmissions = recorded.filter(
  ({ name, output }) =>
    name.startsWith('sbatch-') && output.exitCode !== 0 && !away.some((other) => other.name === name),
);
const accepted = recorded.filter(({ argv, output }) => argv.includes('--parsable') && output.exitCode === 0);

test.each(away)('diagnose() of $name ($output.stderr) is away', ({ argv, output }) => {
  expect(diagnose(output, argv[0] === 'sbatch' ? 'sbatch' : 'squeue', argv.slice(1))).toBe('away');
});

test.each(refusedSubmissions)('diagnose() of $name is refused', ({ argv, output }) => {
  expect(diagnose(output, 'sbatch', argv.slice(1))).toBe('refused');
});

test.each(accepted)('parseJobId() finds the id of $name', ({ output }) => {
  expect(parseJobId(output.stdout)).toMatch(/^\d+$/);
});

test.each([
  ['scancel-unknown-job', true],
  ['scancel-ended-job', true],
  ['scancel-signal-of-ended-job', true],
  ['scancel-known-and-unknown-job', true],
  ['scancel-not-a-job', false],
  ['scancel-controller-away', false],
])('isCancelled() of %s is %s', (name, isDone) => {
  const outputs = recorded.filter((candidate) => candidate.name === name).map(({ output }) => output);
  expect(outputs.map(isCancelled)).toEqual(recordedReleases.map(() => isDone));
});
