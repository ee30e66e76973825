import type { ContainerStatus, Pod } from '@interlink/kube';

/** The status of one container, whatever kind it is of. */
export function statusOf({ status }: Pod, name: string): ContainerStatus | undefined {
  const all = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return all.find((container) => container.name === name);
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
}

/** The container runs, and has been restarted this many times. */
export function runsAgain(pod: Pod, name: string, restartCount: number): boolean {
  const found = statusOf(pod, name);
  return found?.restartCount === restartCount && found.state?.running != null;
}
