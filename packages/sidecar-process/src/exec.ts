import { type ChildProcess, spawn } from 'node:child_process';
import { type ExecOptions, InterLinkError, type PodReference, type RemoteCommand } from '@interlink/sidecar-sdk';
import { allContainers } from './decide/pod-facts.ts';
import { childCommand, failedCommand } from './exec/child-command.ts';
import { openTerminal, toTerminalOrder } from './exec/terminal.ts';
import { PodFolder } from './folder/pod-folder.ts';
import { readFacts } from './folder/read-facts.ts';
import { readJson } from './folder/read-json.ts';
import type { Child, RunOrder } from './runner/records.ts';

export interface ExecRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: ExecOptions;
  readonly signal: AbortSignal;
}

/**
 * Runs a command as the container's own was run: the same account, environment and working folder. It ends with the container.
 * @throws InterLinkError `failed_precondition` when the container does not run, or when there is no terminal to be had
 */
export async function execInContainer(podsFolder: string, request: ExecRequest): Promise<RemoteCommand> {
  const { options, signal } = request;
  const { order, container } = await readRunning(podsFolder, request);
  const own = { ...order, argv: options.command };
  const { argv, env, cwd } = options.tty ? await toTerminalOrder(own) : own;
  const [program = '', ...args] = argv;
  const wanted = (isWanted: boolean) => (isWanted ? 'pipe' : 'ignore');
  const stdio = [wanted(options.stdin), wanted(options.stdout), wanted(options.stderr)] as const;
  const child = spawn(program, args, { env, cwd, detached: true, stdio: [...stdio] });
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

async function readRunning(
  podsFolder: string,
  { pod, container }: ExecRequest,
): Promise<{ order: RunOrder; container: Child }> {
  const folder = new PodFolder(podsFolder, pod.uid);
  const facts = await readFacts(folder);
  const latest = facts && allContainers(facts).find((each) => each.container.name === container)?.latest;
  if (latest?.state.kind === 'running') {
    const order = await readJson<RunOrder>(folder.attemptFile(container, latest.number, 'order'));
    if (order !== undefined) return { order, container: latest.state.child };
  }
  throw new InterLinkError('failed_precondition', `container "${container}" in pod "${pod.name}" is not running`);
}

/** Undefined once it runs. */
async function startOf(child: ChildProcess): Promise<Error | undefined> {
  return await new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.on('error', resolve);
  });
}
