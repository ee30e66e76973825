import type { ContainerStatus, PodReport } from './pod-report.ts';

/** Every container that a report knows, whatever its kind, in the order in which kinds start. Their names are unique in a pod. */
export function containerStatusesOf({ status }: PodReport): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}
