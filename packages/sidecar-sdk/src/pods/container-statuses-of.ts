import type { ContainerStatus, PodReport } from '@interlink/protocol';

/** Every container that a report knows, whatever its kind. Their names are unique in a pod. */
export function containerStatusesOf({ status }: PodReport): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}
