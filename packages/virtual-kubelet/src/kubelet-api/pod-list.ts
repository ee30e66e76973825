import type { Pod } from '@interlink/kube';
import type { PodLookup } from './known-pod.ts';

/** A `v1` PodList. */
export interface PodList {
  kind: 'PodList';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  items: Pod[];
}

/** The pods that are bound to this node. */
export function listPods(pods: PodLookup): PodList {
  return toPodList([...pods.all()]);
}

/** The pods that have running containers by the backend's account, with these containers and nothing else in their specs. */
export function listRunningPods(pods: PodLookup): PodList {
  return toPodList([...pods.all()].flatMap((pod) => toRunningPod(pod, pods) ?? []));
}

function toRunningPod({ metadata, spec, status }: Pod, pods: PodLookup): Pod | undefined {
  const { namespace, name, uid } = metadata ?? {};
  if (namespace === undefined || name === undefined || uid === undefined) return undefined;
  const { containerStatuses, initContainerStatuses } = pods.find(namespace, name)?.report?.status ?? status ?? {};
  const running = new Set(
    [...(containerStatuses ?? []), ...(initContainerStatuses ?? [])]
      .filter(({ state }) => state?.running !== undefined)
      .map((container) => container.name),
  );
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
    .filter((container) => running.has(container.name))
    .map((container) => ({ name: container.name, image: container.image ?? '', resources: {} }));
  return containers.length === 0 ? undefined : { metadata: { name, namespace, uid }, spec: { containers }, status: {} };
}

function toPodList(items: Pod[]): PodList {
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items };
}
