import { execFile } from 'node:child_process';
import { PATIENCE } from '../patience.ts';

/** What a command said and how it ended; `exitCode` is 128 + n for a command that signal n ended, as in a shell. */
export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface CommandOptions {
  input?: string | undefined;
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** `PATIENCE` times that in CI. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** How it is ended when its time is over or `signal` says so; default SIGTERM. */
  killSignal?: NodeJS.Signals | undefined;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const SIGNAL_EXIT_CODE = 137;

/**
 * Runs a command from its argument list, without a shell. A command that ran and failed is a result, not an exception;
 * one that could not be run at all (no such file, aborted, time over) throws.
 */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        cwd: options.cwd,
        env: options.env,
        timeout: (options.timeoutMs ?? 0) * PATIENCE,
        signal: options.signal,
        killSignal: options.killSignal ?? 'SIGTERM',
        maxBuffer: MAX_OUTPUT_BYTES,
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ stdout, stderr, exitCode: 0 });
        if (typeof error.code === 'number') return resolve({ stdout, stderr, exitCode: error.code });
        if (error.signal && !error.killed) return resolve({ stdout, stderr, exitCode: SIGNAL_EXIT_CODE });
        if (options.signal?.aborted) return reject(options.signal.reason);
        reject(new Error(`Cannot run ${file} ${args.join(' ')}: ${error.message}`, { cause: error }));
      },
    );
    // A command that does not read its input closes the pipe: its exit code tells what came of it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** As `runCommand`, for commands that have to succeed: returns what they printed, throws with what they complained of. */
export async function runCommandOrThrow(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { stdout, stderr, exitCode } = await runCommand(file, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`Command ${file} ${args.join(' ')} exited with code ${exitCode}: ${(stderr || stdout).trim()}`);
}
