import { type AttachOptions, InterLinkError, type PodReference, type RemoteCommand } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import type { PodReader } from './status/pod-reader.ts';
import { openConnection } from './streams/engine-output.ts';
import { findRunning } from './streams/running-container.ts';

export interface AttachContext {
  readonly engine: Engine;
  readonly reader: PodReader;
}

export interface AttachRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: AttachOptions;
}

/**
 * Connects to the streams of a container's own process; its terminal is the container's own matter, whatever the caller asks.
 * @throws InterLinkError `not_found`, `failed_precondition` when it does not run or takes no input and input was asked for
 */
export async function attachToContainer(request: AttachRequest, context: AttachContext): Promise<RemoteCommand> {
  const { pod, container: name, options } = request;
  const { streams } = context.engine;
  const container = await findRunning(context.reader, pod, name);
  if (options.stdin && container.input === 'none') {
    throw new InterLinkError('failed_precondition', `container "${name}" in pod "${pod.name}" has no stdin`);
  }
  const raw = await streams.attach(container.id, options);
  const connection = openConnection(raw, options, {
    isTerminal: container.isTerminal,
    keepsInput: container.input === 'kept',
  });
  return {
    stdin: connection.stdin,
    stdout: connection.stdout,
    stderr: connection.stderr,
    resize: (size) => {
      if (container.isTerminal) void streams.resizeContainer(container.id, size).catch(() => undefined);
    },
    ended: connection.ended.then(() => ({ exitCode: 0 })),
    close: connection.close,
  };
}
