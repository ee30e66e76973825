import type { Attempt } from './pod-facts.ts';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

const firstBackoffMs = 10_000;
const maxBackoffMs = 300_000;
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
 * When an ended attempt is followed by another, or undefined when it is the last. As the kubelet counts: the first restart at once, then after 10 s,
 * doubled each time up to 5 min, from the beginning again after an attempt of 10 min.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export function nextRestart(attempt: Attempt | undefined, policy: RestartPolicy): Restart | undefined {
  if (attempt?.state.kind !== 'ended') return undefined;
  const { ending } = attempt.state;
  if (policy === 'Never' || (policy === 'OnFailure' && ending.exitCode === 0)) return undefined;
  const finishedAtMs = Date.parse(ending.finishedAt);
  const ranMs = ending.startedAt === undefined ? 0 : finishedAtMs - Date.parse(ending.startedAt);
  const failuresBefore = ranMs >= recoveredMs ? 1 : attempt.failuresBefore + 1;
  const delayMs = failuresBefore <= 1 ? 0 : Math.min(maxBackoffMs, firstBackoffMs * 2 ** (failuresBefore - 2));
  return { atMs: finishedAtMs + delayMs, delayMs, failuresBefore };
}
