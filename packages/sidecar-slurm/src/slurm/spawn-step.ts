import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { InterLinkError } from '@interlink/sidecar-sdk';
import { assertJobId } from './cancel-arguments.ts';
import { stepEnvironment } from './commands/client-environment.ts';
import type { CommandLine } from './commands/slurm-commands.ts';
import { toArgv } from './commands/to-argv.ts';
import { endProcessGroup } from './end-process-group.ts';
import { hasPipes } from './has-pipes.ts';
import type { SlurmStep, StepEnd, StepOptions } from './step.ts';

/** srun that does not heed TERM is killed after this long. */
const killAfterMs = 2_000;

/**
 * srun's arguments: one task on that node, beside whatever runs there (`--relative=0` does not hold it to the first one, seen on 24.11).
 * Without `--unbuffered` a pipe shows nothing before a newline. `--mpi=none`: a step of ours is no MPI program.
 */
export function toStepArguments(jobId: string, node: string, argv: ReadonlyArray<string>): string[] {
  const where = [`--jobid=${assertJobId(jobId)}`, '--overlap', '--nodes=1', '--ntasks=1', `--nodelist=${node}`];
  return [...where, '--unbuffered', '--quiet', '--mpi=none', '--', ...argv];
}

/**
 * Starts srun with pipes, the leader of a process group of its own.
 * @throws InterLinkError `invalid_argument` for words that no program can be given (a NUL, too many); `unavailable` without room for pipes
 */
export function spawnStep(
  srun: CommandLine,
  jobId: string,
  argv: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  { node, signal }: StepOptions,
): SlurmStep {
  const child = start(toArgv(srun, toStepArguments(jobId, node, argv)), env);
  const ended = endOf(child);
  if (!hasPipes(child))
    throw new InterLinkError('unavailable', 'Cannot run srun: this process has too many open files');
  // A step that ends before it has read its input is no failure of ours.
  child.stdin.on('error', () => undefined);
  const close = () => endProcessGroup(child, killAfterMs);
  if (signal.aborted) close();
  else {
    signal.addEventListener('abort', close, { once: true });
    void ended.then(() => signal.removeEventListener('abort', close));
  }
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, close };
}

function start([program = '', ...args]: string[], env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  try {
    return spawn(program, args, { env: stepEnvironment(env), cwd: '/', detached: true, stdio: 'pipe' });
  } catch (error) {
    throw new InterLinkError('invalid_argument', `Cannot run srun: ${InterLinkError.from(error).message}`);
  }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<StepEnd> {
  return await new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: 127, error }));
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), error: undefined }),
    );
  });
}
