import type { Pod } from '@interlink/kube';
import type { ContainerName } from './ledger.ts';

/** One container of a pod, and the pod, as the API showed them at some time. */
export interface Sighting {
  /** Seconds since this machine was started. */
  readonly atS: number;
  readonly uid: string;
  readonly container: ContainerName;
  readonly isGone: boolean;
  readonly isDeleted: boolean;
  readonly phase: string;
  readonly state: 'none' | 'waiting' | 'running' | 'terminated';
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly restartCount: number;
  readonly containerID?: string | undefined;
}

/** @returns one for each container */
export function toSightings(pod: Pod, atS: number, isGone: boolean): Sighting[] {
  const names = pod.spec?.containers.map(({ name }) => name as ContainerName) ?? [];
  return names.map((name) => toSighting(pod, name, { atS, isGone }));
}

function toSighting(
  { metadata, status }: Pod,
  container: ContainerName,
  seen: Pick<Sighting, 'atS' | 'isGone'>,
): Sighting {
  const found = status?.containerStatuses?.find(({ name }) => name === container);
  const { waiting, running, terminated } = found?.state ?? {};
  const state = terminated ? 'terminated' : running ? 'running' : waiting ? 'waiting' : 'none';
  return {
    ...seen,
    uid: metadata?.uid ?? '',
    container,
    isDeleted: metadata?.deletionTimestamp !== undefined,
    phase: status?.phase ?? '',
    state,
    reason: status?.reason ?? terminated?.reason ?? waiting?.reason,
    message: status?.message ?? terminated?.message ?? waiting?.message,
    exitCode: terminated?.exitCode,
    restartCount: found?.restartCount ?? 0,
    containerID: found?.containerID,
  };
}
