import { type ExecOptions, InterLinkError, type PodReference, type RemoteCommand } from '@interlink/sidecar-sdk';
import type { PodBook } from './pods/pod-book.ts';
import type { PodEntry } from './pods/pod-entry.ts';
import type { SlurmApi } from './slurm/slurm-api.ts';
import { runInStep } from './streams/step-command.ts';

export interface ExecRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: ExecOptions;
  readonly signal: AbortSignal;
}

export interface StreamContext {
  readonly slurm: Pick<SlurmApi, 'spawnStep'>;
  readonly book: PodBook;
  readonly now: () => number;
}

/** Runs a command in a container, as a step of its pod's job. @throws InterLinkError `failed_precondition` when the container does not run */
export async function execInContainer(context: StreamContext, request: ExecRequest): Promise<RemoteCommand> {
  const { pod, container, options, signal } = request;
  const { entry, jobId } = await findRunning(context, pod, container);
  const enterPath = entry.folder.container(container, 'enter');
  return runInStep(context.slurm, { jobId, enterPath, options, signal });
}

/** The job in which a container runs now. @throws InterLinkError `failed_precondition` */
export async function findRunning(
  { book, now }: StreamContext,
  pod: PodReference,
  container: string,
): Promise<{ entry: PodEntry; jobId: string }> {
  await book.refresh(pod.uid);
  const entry = book.get(pod.uid);
  const isRunning =
    entry?.stage(now()).kind === 'running' && entry.record?.containers.get(container)?.state === 'running';
  const jobId = entry?.record?.jobId;
  if (entry === undefined || jobId === undefined || !isRunning) {
    throw new InterLinkError('failed_precondition', `container "${container}" in pod "${pod.name}" is not running`);
  }
  return { entry, jobId };
}
