import type { PodEntry } from './pod-entry.ts';

/** Kubernetes' own, where a pod says nothing. */
export const defaultGraceSeconds = 30;

/**
 * What is left of the grace period, whole seconds, at least one so that TERM comes before KILL; 0 when the user asked for 0. It
 * begins when the deletion is seen, as a kubelet has it: what the API server's clock says counts only for one that was asked for
 * before this process looked.
 */
export function remainingGraceSeconds({ pod, deletionSeenMs }: Pick<PodEntry, 'pod' | 'deletionSeenMs'>): number {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod?.metadata ?? {};
  if (deletionGracePeriodSeconds === 0 || deletionTimestamp === undefined) return 0;
  const leftMs =
    deletionSeenMs === undefined || deletionGracePeriodSeconds === undefined
      ? Date.parse(deletionTimestamp) - Date.now()
      : deletionSeenMs + deletionGracePeriodSeconds * 1_000 - performance.now();
  const leftSeconds = Math.ceil(leftMs / 1_000);
  // Never more than was granted, however far apart the two clocks are.
  return Math.max(1, Math.min(leftSeconds, deletionGracePeriodSeconds ?? leftSeconds));
}
