import { setTimeout as delay } from 'node:timers/promises';
import {
  type CommandEnd,
  type ExecOptions,
  InterLinkError,
  type Logger,
  type PodReference,
  type RemoteCommand,
} from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import type { EngineStreams } from './engine/engine-streams.ts';
import type { PodReader } from './status/pod-reader.ts';
import { openConnection } from './streams/engine-output.ts';
import { hangUp } from './streams/hang-up.ts';
import { findRunning } from './streams/running-container.ts';

export interface ExecContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly logger: Logger;
}

export interface ExecRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: ExecOptions;
  readonly signal: AbortSignal;
}

/** The engine ends a command's stream a moment before it knows the exit code: it is asked this often. */
const maxLooks = 40;
const lookMs = 25;

/**
 * Runs a command in a container, with its user, environment and working folder. A program that is not there ends with 126 or
 * 127 and the engine's text on stdout. @throws InterLinkError `not_found`, `failed_precondition` when the container does not run
 */
export async function execInContainer(request: ExecRequest, context: ExecContext): Promise<RemoteCommand> {
  const container = await findRunning(context.reader, request.pod, request.container);
  return await startCommand(container.id, request, context);
}

/** The same in a container that is known. */
export async function startCommand(
  containerId: string,
  { options, signal }: Pick<ExecRequest, 'options' | 'signal'>,
  { engine: { streams }, logger }: Pick<ExecContext, 'engine' | 'logger'>,
): Promise<RemoteCommand> {
  const id = await createExec(streams, containerId, options);
  const exec = { id, containerId };
  const raw = await streams.startExec(id, options.tty);
  const connection = openConnection(raw, options, { isTerminal: options.tty, keepsInput: false });
  let hasEnded = false;
  const ended = connection.ended.then(async () => await readEnd(streams, id));
  void ended.then(() => {
    hasEnded = true;
  });
  const command: RemoteCommand = {
    stdin: connection.stdin,
    stdout: connection.stdout,
    stderr: connection.stderr,
    // Too early, or too late, is no matter.
    resize: (size) => void streams.resizeExec(id, size).catch(() => undefined),
    ended,
    close: () => {
      connection.close();
      if (!hasEnded) void hangUp(exec, streams, logger);
    },
  };
  if (!signal.aborted) return command;
  command.close();
  throw InterLinkError.from(signal.reason);
}

async function createExec(streams: EngineStreams, containerId: string, options: ExecOptions): Promise<string> {
  try {
    return await streams.createExec(containerId, options);
  } catch (error) {
    // 409: it has ended or was paused meanwhile.
    if (!(error instanceof InterLinkError && error.code === 'already_exists')) throw error;
    throw new InterLinkError('failed_precondition', error.message, { cause: error });
  }
}

async function readEnd(streams: EngineStreams, id: string): Promise<CommandEnd> {
  try {
    for (let look = 0; look < maxLooks; look += 1) {
      const { isRunning, exitCode } = await streams.inspectExec(id);
      if (!isRunning && exitCode !== null) return { exitCode };
      await delay(lookMs);
    }
    return { error: new InterLinkError('unavailable', 'The engine closed the command’s streams before its end') };
  } catch (error) {
    return { error: InterLinkError.from(error) };
  }
}
