import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { createLogger, InterLinkError, systemClock } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { Slurm } from './slurm.ts';
import { spawnStep } from './spawn-step.ts';
import { ScratchFolder } from './testing/scratch-folder.ts';
import { bareCommands } from './testing/scripted-commands.ts';

const env = { PATH: '/usr/bin:/bin', SLURM_CONF: '/etc/slurm.conf', SRUN_SECRET: 'x', SLURM_TIME_FORMAT: 'relative' };

/** In place of srun: shows its arguments, and runs what is behind `--`. */
const asSrun = ['echo "$*" >&2', 'while [ "$1" != -- ]; do shift; done', 'shift', 'exec "$@"'];

function start(folder: ScratchFolder, argv: string[], signal = new AbortController().signal) {
  const srun = { argv: [folder.script('srun', ...asSrun)], remoteFrom: undefined };
  return spawnStep(srun, '7', argv, env, { node: 'c1', signal });
}

test('spawnStep() connects the command’s streams, and tells its exit code', async () => {
  using folder = new ScratchFolder();
  const step = start(folder, ['sh', '-c', 'cat; exit 3']);
  step.stdin.end('hello');
  const [stdout, stderr, end] = await Promise.all([text(step.stdout), text(step.stderr), step.ended]);
  expect(stdout).toBe('hello');
  expect(end).toEqual({ exitCode: 3, error: undefined });
  expect(stderr).toBe(
    '--jobid=7 --overlap --nodes=1 --ntasks=1 --nodelist=c1 --unbuffered --quiet --mpi=none -- sh -c cat; exit 3\n',
  );
});

test('spawnStep() hands nothing of our environment on but what srun needs', async () => {
  using folder = new ScratchFolder();
  const step = start(folder, ['env']);
  const shown = (await text(step.stdout)).split('\n').filter((line) => /^(SRUN|SLURM|PATH|LC_)/.test(line));
  expect(shown.sort()).toEqual(['PATH=/usr/bin:/bin', 'SLURM_CONF=/etc/slurm.conf']);
});

test.each(['close', 'abort'])('spawnStep() ends the step by %s', async (how) => {
  using folder = new ScratchFolder();
  const abort = new AbortController();
  const step = start(folder, ['sh', '-c', 'echo begun; sleep 1000'], abort.signal);
  await once(step.stdout, 'data');
  step.stdout.resume();
  step.stderr.resume();
  if (how === 'close') step.close();
  else abort.abort();
  expect(await step.ended).toEqual({ exitCode: 143, error: undefined });
  step.close();
});

test('spawnStep() kills a step that does not heed TERM', async () => {
  using folder = new ScratchFolder();
  const step = start(folder, ['sh', '-c', 'trap "" TERM; echo begun; while :; do sleep 1000; done']);
  await once(step.stdout, 'data');
  step.stdout.resume();
  step.stderr.resume();
  step.close();
  expect(await step.ended).toEqual({ exitCode: 137, error: undefined });
});

test('spawnStep() of a program that is not there ends at once', async () => {
  const missing = { argv: ['/nonexistent/srun'], remoteFrom: undefined };
  const step = spawnStep(missing, '7', ['true'], env, { node: 'c1', signal: new AbortController().signal });
  expect(await step.ended).toMatchObject({ exitCode: 127, error: { code: 'ENOENT' } });
});

test('spawnStep() refuses what no program can be given', () => {
  const signal = new AbortController().signal;
  const srun = { argv: ['/bin/true'], remoteFrom: undefined };
  expect(() => spawnStep(srun, '7', ['a\0b'], env, { node: 'c1', signal })).toThrow(InterLinkError);
  expect(() => spawnStep(srun, '--uid=0', ['true'], env, { node: 'c1', signal })).toThrow('is not a job id');
});

test('Slurm.spawnStep() is counted when it has ended', async () => {
  using folder = new ScratchFolder();
  const recorded: unknown[] = [];
  const srun = { argv: [folder.script('srun', ...asSrun)], remoteFrom: undefined };
  const slurm = new Slurm({
    commands: { ...bareCommands, srun },
    logger: createLogger('test', 'silent'),
    clock: systemClock,
    env,
    recorder: { recordCommand: (program, outcome) => recorded.push([program, outcome]) },
  });
  const step = slurm.spawnStep('7', ['true'], { node: 'c1', signal: new AbortController().signal });
  step.stdout.resume();
  step.stderr.resume();
  await step.ended;
  expect(recorded).toEqual([['srun', 'ok']]);
});
