import { type ExecOptions, InterLinkError, type PodReference, type RemoteCommand } from '@interlink/sidecar-sdk';
import type { PodBook } from './pods/pod-book.ts';
import type { PodEntry } from './pods/pod-entry.ts';
import type { SlurmApi } from './slurm/slurm-api.ts';
import { enterArgv, runInStep } from './streams/step-command.ts';

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

/** A pod whose job runs. */
export interface RunningPod {
  readonly entry: PodEntry;
  readonly jobId: string;
  readonly node: string;
}

/** Runs a command in a container, as a step of its pod's job. @throws InterLinkError `failed_precondition` when the container does not run */
export async function execInContainer(context: StreamContext, request: ExecRequest): Promise<RemoteCommand> {
  const { pod, container, options, signal } = request;
  const { entry, jobId, node } = await findRunning(context, pod, container);
  const enterPath = entry.scriptPath(container, 'enter');
  const argv = (mark: string) => enterArgv(mark, enterPath, options);
  return runInStep(context.slurm, { jobId, node, argv, saysTerminal: options.tty, options, signal });
}

/** The job in which a container runs now. @throws InterLinkError `failed_precondition` */
export async function findRunning(
  { book, now }: StreamContext,
  pod: PodReference,
  container: string,
): Promise<RunningPod> {
  const found = await findRunningPod({ book, now }, pod);
  if (found?.entry.record?.containers.get(container)?.state !== 'running') {
    throw new InterLinkError('failed_precondition', `container "${container}" in pod "${pod.name}" is not running`);
  }
  return found;
}

/** The job of a pod that runs now, and the node that has its script. */
export async function findRunningPod(
  { book, now }: Pick<StreamContext, 'book' | 'now'>,
  pod: PodReference,
): Promise<RunningPod | undefined> {
  await book.refresh(pod.uid);
  book.unread.assertRead(pod.uid);
  const entry = book.get(pod.uid);
  const { jobId, node } = entry?.record ?? {};
  if (entry === undefined || jobId === undefined || entry.stage(now()).kind !== 'running') return undefined;
  const batchHost = entry.sight.kind === 'seen' ? entry.sight.job.batchHost : '';
  return { entry, jobId, node: batchHost === '' ? (node ?? '') : batchHost };
}
