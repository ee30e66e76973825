import { InterLinkError, type PodReference } from '@interlink/sidecar-sdk';
import type { EngineContainer } from '../status/engine-container.ts';
import type { PodReader } from '../status/pod-reader.ts';
import { findContainer } from '../status/pod-snapshot.ts';

/** @throws InterLinkError `not_found`, `failed_precondition` when it does not run */
export async function findRunning(reader: PodReader, pod: PodReference, name: string): Promise<EngineContainer> {
  const snapshot = await reader.readPod(pod.uid);
  const container = snapshot && findContainer(snapshot, name);
  if (container === undefined) {
    throw new InterLinkError('not_found', `No container ${name} in pod ${pod.namespace}/${pod.name}`);
  }
  if (container.status !== 'running') {
    throw new InterLinkError('failed_precondition', `container "${name}" in pod "${pod.name}" is not running`);
  }
  return container;
}
