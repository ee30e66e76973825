import type { Attempt } from '../container-runtime.ts';

const firstBackOffMs = 10_000;
const maxBackOffMs = 300_000;
/** A container that ran this long has recovered. */
const recoveredMs = 600_000;

/** What becomes of a container that has ended. Times are milliseconds since the epoch. */
export interface Restart {
  readonly atMs: number;
  readonly delayMs: number;
  /** Of the attempt to come. */
  readonly failuresBefore: number;
}

/**
 * When an attempt that has ended is followed by another. As the kubelet counts: the first restart at once, then after 10 s, doubled each
 * time up to 5 min, from the beginning again after an attempt of 10 min.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export function restartAfter({ state, failuresBefore }: Attempt): Restart | undefined {
  if (state.kind !== 'ended') return undefined;
  const { startedAt, finishedAt } = state.ending;
  const finishedAtMs = Date.parse(finishedAt);
  const ranMs = startedAt === undefined ? 0 : finishedAtMs - Date.parse(startedAt);
  const failures = ranMs >= recoveredMs ? 1 : failuresBefore + 1;
  const delayMs = failures <= 1 ? 0 : backOffMs(failures - 1);
  return { atMs: finishedAtMs + delayMs, delayMs, failuresBefore: failures };
}

/** How long to wait after so many failures in a row: 10 s, doubled up to 5 min. @param failures counts from 1 */
export function backOffMs(failures: number): number {
  return Math.min(maxBackOffMs, firstBackOffMs * 2 ** (failures - 1));
}
