import type { ContainerStatus, Pod } from '@interlink/kube';
import type { KnownPod, PodLookup } from '../known-pod.ts';

/** A container's state of the wanted kind. */
export function containerStatus(
  name: string,
  state: ContainerStatus['state'],
  lastState?: ContainerStatus['lastState'],
): ContainerStatus {
  const base = { name, ready: false, restartCount: 0, image: 'busybox', imageID: '' };
  return { ...base, ...(state ? { state } : {}), ...(lastState ? { lastState } : {}) };
}

/** Pod `ns/p` (UID `u`) with a container for each status. */
export function samplePod(containerStatuses: ContainerStatus[]): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'ns', name: 'p', uid: 'u' },
    spec: { containers: containerStatuses.map(({ name }) => ({ name, image: 'busybox' })) },
    status: { phase: 'Running', containerStatuses },
  };
}

/** Finds these pods by namespace and name. */
export function lookupOf(known: readonly KnownPod[]): PodLookup {
  return {
    find: (namespace, name) =>
      known.find(({ pod }) => pod.metadata?.namespace === namespace && pod.metadata?.name === name),
    all: () => known.map(({ pod }) => pod),
  };
}
