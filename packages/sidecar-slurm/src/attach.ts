import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type AttachOptions,
  type CommandEnd,
  InterLinkError,
  type PodReference,
  type RemoteCommand,
} from '@interlink/sidecar-sdk';
import { findRunning, type StreamContext } from './exec.ts';
import { readLog } from './logs.ts';

export interface AttachRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: AttachOptions;
}

/**
 * Shows what a container writes from now on. A job has no standard input that could be handed on.
 * @throws InterLinkError `failed_precondition` when it does not run, or when input was asked for
 */
export async function attachToContainer(context: StreamContext, request: AttachRequest): Promise<RemoteCommand> {
  const { pod, container, options } = request;
  await findRunning(context, pod, container);
  if (options.stdin) {
    throw new InterLinkError('failed_precondition', `container "${container}" in pod "${pod.name}" has no stdin`);
  }
  const leave = new AbortController();
  const lines = await readLog(context, {
    ...{ pod, container, signal: leave.signal },
    options: { follow: true, tailLines: 0 },
  });
  const stdout = new PassThrough();
  const ended: Promise<CommandEnd> = pipeline(Readable.from(lines), stdout).then(
    () => ({ exitCode: 0 }),
    (error: unknown) => (leave.signal.aborted ? { exitCode: 0 } : { error: InterLinkError.from(error) }),
  );
  return {
    ...{ stdin: undefined, stdout, stderr: undefined, ended },
    resize: () => undefined,
    close: () => {
      leave.abort();
      stdout.destroy();
    },
  };
}
