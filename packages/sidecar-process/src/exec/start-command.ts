import { type ChildProcess, spawn } from 'node:child_process';
import { type ExecOptions, InterLinkError, type RemoteCommand } from '@interlink/sidecar-sdk';
import type { RunningAttempt } from '../folder/pod-record.ts';
import { workingFolder } from '../runner/working-folder.ts';
import { childCommand, failedCommand } from './child-command.ts';
import { openTerminal, toTerminalOrder } from './terminal.ts';

/**
 * Runs a command as the container's own was run: the same account, environment and working folder. It ends with the container.
 * @throws InterLinkError `failed_precondition` when there is no terminal to be had
 */
export async function startCommand(
  { order, child: container }: RunningAttempt,
  options: ExecOptions,
  signal: AbortSignal,
): Promise<RemoteCommand> {
  const own = { ...order, argv: options.command };
  const { argv, env } = options.tty ? await toTerminalOrder(own) : own;
  const [program = '', ...args] = argv;
  const wanted = (isWanted: boolean) => (isWanted ? 'pipe' : 'ignore');
  const stdio = [wanted(options.stdin), wanted(options.stdout), wanted(options.stderr)] as const;
  const child = spawn(program, args, { env, cwd: workingFolder(order), detached: true, stdio: [...stdio] });
  const failure = await startOf(child);
  if (failure !== undefined) return failedCommand(program, failure);
  const terminal = options.tty ? openTerminal(child) : undefined;
  const command = childCommand(child, container.process, terminal);
  if (signal.aborted) {
    command.close();
    throw InterLinkError.from(signal.reason);
  }
  return command;
}

/** Undefined once it runs. */
async function startOf(child: ChildProcess): Promise<Error | undefined> {
  return await new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.on('error', resolve);
  });
}
