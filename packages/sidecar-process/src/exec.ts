import { type ExecOptions, InterLinkError, type PodReference, type RemoteCommand } from '@interlink/sidecar-sdk';
import { startCommand } from './exec/start-command.ts';
import { PodFolder } from './folder/pod-folder.ts';
import { runningAttempt } from './folder/pod-record.ts';
import { readPod } from './folder/read-pod.ts';

export interface ExecRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: ExecOptions;
  readonly signal: AbortSignal;
}

/**
 * Runs a command beside the container's own.
 * @throws InterLinkError `failed_precondition` when the container does not run, or when there is no terminal to be had
 */
export async function execInContainer(podsFolder: string, request: ExecRequest): Promise<RemoteCommand> {
  const { pod, container, options, signal } = request;
  const record = await readPod(new PodFolder(podsFolder, pod.uid));
  const running = record && runningAttempt(record, container);
  if (running === undefined) {
    throw new InterLinkError('failed_precondition', `container "${container}" in pod "${pod.name}" is not running`);
  }
  return await startCommand(running, options, signal);
}
