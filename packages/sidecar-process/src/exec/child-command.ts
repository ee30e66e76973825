import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { type CommandEnd, InterLinkError, type RemoteCommand, type TerminalSize } from '@interlink/sidecar-sdk';
import { isAlive } from '../runner/process-identity.ts';
import type { ProcessIdentity } from '../runner/records.ts';

/** A command that does not heed the hang-up is killed after this long. */
export const hangUpMs = 2_000;
/** How often the container is looked at, and, after the command's end, its output. */
const lookMs = 500;

/** What differs with a terminal. */
export interface CommandTerminal {
  resize(size: TerminalSize): void;
  /** Hangs up on whatever runs in it. */
  hangUp(): void;
}

/**
 * A child process, the leader of its group, as a command. Its end ends what it left in its group, and the container's end ends it.
 * @param container the process whose end is the container's
 */
export function childCommand(
  child: ChildProcess,
  container: ProcessIdentity,
  terminal: CommandTerminal | undefined,
): RemoteCommand {
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null);
  for (const stream of [child.stdin, ...outputs]) stream?.on('error', () => undefined);
  let hasExited = false;
  const signalGroup = (signal: 'SIGHUP' | 'SIGKILL') => {
    // Until it was waited for, nobody else has its pid.
    if (!hasExited && child.pid !== undefined) killGroup(child.pid, signal);
  };
  const watch = setInterval(() => {
    if (!isAlive(container)) signalGroup('SIGKILL');
  }, lookMs).unref();
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('exit', () => {
      hasExited = true;
      clearInterval(watch);
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
      void endOutputs(outputs);
    });
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) }),
    );
  });
  return {
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    resize: (size) => terminal?.resize(size),
    ended,
    close: () => {
      for (const stream of [child.stdin, ...outputs]) stream?.destroy();
      if (hasExited) return;
      if (terminal === undefined) signalGroup('SIGHUP');
      else terminal.hangUp();
      setTimeout(() => signalGroup('SIGKILL'), hangUpMs).unref();
    },
  };
}

/** A command that could not be started, in containerd's words. */
export function failedCommand(program: string, error: Error): RemoteCommand {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  const problem = isMissing ? 'executable file not found in $PATH' : error.message;
  const message = `exec: ${JSON.stringify(program)}: ${problem}`;
  return {
    stdin: undefined,
    stdout: undefined,
    stderr: undefined,
    resize: () => undefined,
    ended: Promise.resolve({ error: new InterLinkError(isMissing ? 'not_found' : 'failed_precondition', message) }),
    close: () => undefined,
  };
}

function killGroup(leader: number, signal: 'SIGHUP' | 'SIGKILL'): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it: the usual case.
  }
}

/** A process that left the group may hold the pipes for ever: once nothing comes and nothing is left to be read, they end. */
async function endOutputs(outputs: ReadonlyArray<Readable>): Promise<void> {
  let seen = -1;
  while (outputs.some((output) => !output.destroyed)) {
    await new Promise((resolve) => setTimeout(resolve, lookMs).unref());
    const bytes = outputs.reduce((sum, output) => sum + ('bytesRead' in output ? Number(output.bytesRead) : 0), 0);
    if (bytes === seen && outputs.every(({ readableLength }) => readableLength === 0)) {
      for (const output of outputs) output.destroy();
    }
    seen = bytes;
  }
}
