import {
  containerStatusesOf,
  InterLinkError,
  isPullFailure,
  type LogOptions,
  type PodLifecycle,
  type PodReference,
} from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { openContainerLog } from './log/open-container-log.ts';
import { engineIdOf } from './runtime/to-runtime-pod.ts';
import type { PodReader } from './status/pod-reader.ts';
import { attemptsOf } from './status/pod-snapshot.ts';

export interface LogsContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly lifecycle: PodLifecycle;
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
  { engine, reader, lifecycle }: LogsContext,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const snapshot = await reader.readPod(pod.uid);
  const wanted = options.previous === true ? await previousId(pod, name, lifecycle) : undefined;
  const attempts = attemptsOf(snapshot?.containers ?? [], name).filter(({ startedAt }) => startedAt !== undefined);
  const container = options.previous === true ? attempts.find(({ id }) => id === wanted) : attempts[0];
  if (container === undefined) throw await whyNot({ pod, container: name, options }, lifecycle);
  return untilAborted(await openContainerLog(container, { options, engine, signal }), signal);
}

/** The engine's id of the attempt that `lastState` tells of. */
async function previousId(pod: PodReference, name: string, lifecycle: PodLifecycle): Promise<string | undefined> {
  const report = await lifecycle.settle(pod.uid);
  const status = report && containerStatusesOf(report).find((one) => one.name === name);
  const id = status?.lastState?.terminated?.containerID;
  return id === undefined ? undefined : engineIdOf({ id });
}

async function whyNot(
  { pod, container: name, options }: LogsRequest,
  lifecycle: PodLifecycle,
): Promise<InterLinkError> {
  const report = await lifecycle.settle(pod.uid);
  const status = report && containerStatusesOf(report).find((one) => one.name === name);
  if (status === undefined) {
    return new InterLinkError('not_found', `No container ${name} in pod ${pod.namespace}/${pod.name}`);
  }
  if (options.previous === true) {
    return new InterLinkError('not_found', `previous terminated container "${name}" in pod "${pod.name}" not found`);
  }
  const why = toWaitingText(status.state.waiting?.reason ?? status.state.terminated?.reason ?? 'ContainerCreating');
  return new InterLinkError(
    'failed_precondition',
    `container "${name}" in pod "${pod.name}" is waiting to start: ${why}`,
  );
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
