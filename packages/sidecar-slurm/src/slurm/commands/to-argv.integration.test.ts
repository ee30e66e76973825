import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runProcess } from './run-process.ts';
import { toArgv } from './to-argv.ts';

const order = { env: { PATH: '/usr/bin:/bin' }, deadlineMs: 30_000, maxOutputBytes: 1_000_000 };

/** What ssh does: it joins all words with blanks, and the account's shell over there reads them. */
const asSsh = ['while [ "$1" != login ]; do shift; done', 'shift', 'exec sh -c "$*"'];

/** Prints its arguments, each with a NUL behind. */
const asSbatch = [`printf '%s\\0' "$@"`];

test('toArgv() brings every word through ssh unchanged', async () => {
  using folder = new ScratchFolder();
  const ssh = folder.script('ssh', ...asSsh);
  const sbatch = folder.script('sbatch', ...asSbatch);
  const line = parseCommandLine(`${ssh} -p 22 login ${sbatch} -M b`, 'SbatchPath');
  const word = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '(', ';', '&', '-', '*', '~') }),
    fc.constantFrom('$(id)', '`id`', '-rf', '', '#', '!!', "'; id #"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 100 }), async (words) => {
      const { stdout } = await runProcess({ ...order, argv: toArgv(line, words) });
      expect(stdout.split('\0').slice(0, -1)).toEqual(['-M', 'b', ...words]);
    }),
    { numRuns: 5 },
  );
});

test('toArgv() gives a remote program its variables, and takes away what steers it', async () => {
  using folder = new ScratchFolder();
  const ssh = folder.script('ssh', 'export SBATCH_WAIT=1 SQUEUE_PARTITION=x LC_ALL=de_DE KEPT=yes', ...asSsh);
  const squeue = folder.script('squeue', 'env');
  const argv = toArgv(parseCommandLine(`${ssh} login ${squeue}`, 'SqueuePath'), []);
  const lines = (await runProcess({ ...order, argv })).stdout.split('\n');
  expect(lines).toEqual(expect.arrayContaining(['SLURM_TIME_FORMAT=%s', 'LC_ALL=C', 'KEPT=yes']));
  expect(lines.filter((entry) => /^(SBATCH_|SQUEUE_)/.test(entry))).toEqual([]);
});

test('toArgv() gives a local program its words as they are', () => {
  const line = parseCommandLine('sudo -u slurm /usr/bin/sbatch', 'SbatchPath');
  expect(toArgv(line, ['--a=$(id)'])).toEqual(['sudo', '-u', 'slurm', '/usr/bin/sbatch', '--a=$(id)']);
});
