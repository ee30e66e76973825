import type { Pod, PodReport } from '@interlink/protocol';

/** What is known of a pod once a v1 plugin has taken it, until its first status. */
export function firstReport(pod: Pod, jobID: string): PodReport {
  const { uid, namespace, name } = pod.metadata;
  const waiting = (container: { name: string; image?: string }) => ({
    name: container.name,
    state: { waiting: { reason: 'ContainerCreating' } },
    ready: false,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
  });
  const init = pod.spec.initContainers ?? [];
  return {
    uid,
    namespace,
    name,
    status: {
      jobID,
      containerStatuses: pod.spec.containers.map(waiting),
      ...(init.length === 0 ? {} : { initContainerStatuses: init.map(waiting) }),
    },
  };
}
