import { InterLinkError, type LogOptions, type PodReference } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { isPullFailure } from './image/image-reasons.ts';
import { demultiplex } from './log/demux.ts';
import { toLogQuery } from './log/log-query.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { toPodReport } from './report.ts';
import type { PodReader } from './status/pod-reader.ts';

export interface LogsContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly works: PodWorks;
}

export interface LogsRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: LogOptions;
}

/**
 * A container's output from the engine, until the pod is deleted. With `follow` it ends when the container does.
 * @throws InterLinkError `not_found` for a pod, container or attempt that is not there, `failed_precondition` for a container
 * that has not been started
 */
export async function openLogs(
  { pod, container: name, options }: LogsRequest,
  { engine, reader, works }: LogsContext,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const snapshot = await reader.readPod(pod.uid);
  const slot = snapshot?.slots.find(({ entry }) => entry.name === name);
  if (snapshot === undefined || slot === undefined) {
    throw new InterLinkError('not_found', `No container ${name} in pod ${pod.namespace}/${pod.name}`);
  }
  if (options.previous === true) {
    throw new InterLinkError('not_found', `previous terminated container "${name}" in pod "${pod.name}" not found`);
  }
  const { container } = slot;
  if (container?.startedAt === undefined) {
    const { status: report } = toPodReport(snapshot, works.knowledgeOf(pod.uid));
    const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = report;
    const status = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].find(
      (one) => one.name === name,
    );
    const why = toWaitingText(status?.state.waiting?.reason ?? status?.state.terminated?.reason ?? 'ContainerCreating');
    throw new InterLinkError(
      'failed_precondition',
      `container "${name}" in pod "${pod.name}" is waiting to start: ${why}`,
    );
  }
  const stream = await engine.logs(container.id, toLogQuery(options, Date.now()), signal);
  return untilAborted(container.isTerminal ? stream : demultiplex(stream), signal);
}

/** The kubelet's words for containers without their image; other reasons stand for themselves. */
function toWaitingText(reason: string): string {
  if (reason === 'ImagePullBackOff' || isPullFailure(reason)) return 'trying and failing to pull image';
  if (reason === 'InvalidImageName' || reason === 'ErrImageNeverPull') return "image can't be pulled";
  return reason;
}

async function* untilAborted(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
