import { expect, test } from 'vitest';
import { describe, diagnose } from './diagnose.ts';
import type { CommandEnding, CommandOutput } from './run-command.ts';

function failed(stderr: string, ending: CommandEnding = 'exited', exitCode: number | undefined = 1): CommandOutput {
  return { ending, exitCode: ending === 'exited' ? exitCode : undefined, stdout: '', stderr };
}

const submission = 'sbatch: error: Batch job submission failed: ';

test.each([
  [`sbatch: error: invalid partition specified: gpu\n${submission}Invalid partition name specified`, 'refused'],
  [`${submission}Requested node configuration is not available`, 'refused'],
  ['sbatch: error: Invalid --time specification', 'refused'],
  ['', 'refused'],
  [`${submission}Unable to contact slurm controller (connect failure)`, 'away'],
  [`${submission}Protocol authentication error`, 'away'],
  ['ssh: connect to host login port 22: Connection refused', 'away'],
  ['bash: line 1: sbatch: command not found', 'away'],
  [`${submission}Unable to contact slurm controller (receive failure)`, 'uncertain'],
  [`${submission}Socket timed out on send/recv operation`, 'uncertain'],
  [`${submission}Zero Bytes were transmitted or received`, 'uncertain'],
  [`${submission}Connection reset by peer`, 'uncertain'],
  [`${submission}Insane message length`, 'uncertain'],
  ['client_loop: send disconnect: Broken pipe', 'uncertain'],
  ['Connection to login closed by remote host.', 'uncertain'],
  ['sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying', 'busy'],
  [`${submission}Resource temporarily unavailable`, 'busy'],
  [
    `sbatch: error: AssocMaxSubmitJobLimit\n${submission}Job violates accounting/QOS policy (job submit limit, …)`,
    'busy',
  ],
  [`sbatch: error: QOSMaxSubmitJobPerUserLimit\n${submission}Job violates accounting/QOS policy (…)`, 'busy'],
  [`${submission}Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)`, 'refused'],
])('diagnose() of sbatch that says %j is %s', (stderr, trouble) => {
  expect(diagnose(failed(stderr), 'sbatch', [])).toBe(trouble);
});

test.each([
  ['late', 'uncertain', 'away'],
  ['killed', 'uncertain', 'away'],
  ['overflow', 'uncertain', 'away'],
  ['unstarted', 'away', 'away'],
] as const)('diagnose() of a command that is %s: sbatch %s, others %s', (ending, ofSbatch, ofOthers) => {
  expect(diagnose(failed('', ending), 'sbatch', [])).toBe(ofSbatch);
  expect(diagnose(failed('', ending), 'squeue', [])).toBe(ofOthers);
});

test('diagnose() of scancel that is late is no sign of a controller that is away', () => {
  expect(diagnose(failed('', 'late'), 'scancel', [])).toBe('busy');
});

test('diagnose() does not know what became of a job without an id', () => {
  expect(diagnose(failed('', 'exited', 0), 'sbatch', [])).toBe('uncertain');
});

test("diagnose() is not misled by a pod's own words", () => {
  const words = 'Unable to contact slurm controller (connect failure)';
  const stderr = `sbatch: error: invalid partition specified: ${words}\n${submission}Invalid partition name specified`;
  expect(diagnose(failed(stderr), 'sbatch', [`--partition=${words}`])).toBe('refused');
});

test('describe() gives the words of the command, on one line', () => {
  const stderr = `sbatch: error: invalid partition specified: gpu\n${submission}Invalid partition name specified\n`;
  expect(describe(failed(stderr), 'sbatch', 60_000)).toBe(
    'sbatch exited with code 1: invalid partition specified: gpu; Invalid partition name specified',
  );
  expect(describe(failed('', 'late'), 'sbatch', 60_000)).toBe('sbatch did not end within 60 s');
  expect(describe(failed('spawn x ENOENT', 'unstarted'), 'sbatch', 60_000)).toBe(
    'sbatch could not be started: spawn x ENOENT',
  );
  expect(describe(failed('a\u001b[0m\rb'), 'sbatch', 1)).toBe('sbatch exited with code 1: a [0m b');
});
