import type { Pod } from '@interlink/kube';

/** A pod as the API showed it at some time. */
export interface Sighting {
  /** Seconds since this machine was started. */
  readonly atS: number;
  readonly uid: string;
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

export function toSighting({ metadata, status }: Pod, atS: number, isGone: boolean): Sighting {
  const [main] = status?.containerStatuses ?? [];
  const { waiting, running, terminated } = main?.state ?? {};
  const state = terminated ? 'terminated' : running ? 'running' : waiting ? 'waiting' : 'none';
  return {
    atS,
    uid: metadata?.uid ?? '',
    isGone,
    isDeleted: metadata?.deletionTimestamp !== undefined,
    phase: status?.phase ?? '',
    state,
    reason: status?.reason ?? terminated?.reason ?? waiting?.reason,
    message: status?.message ?? terminated?.message ?? waiting?.message,
    exitCode: terminated?.exitCode,
    restartCount: main?.restartCount ?? 0,
    containerID: main?.containerID,
  };
}
