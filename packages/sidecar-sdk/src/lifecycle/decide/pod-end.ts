import type { Pod } from '@interlink/protocol';
import type { RuntimePod } from '../container-runtime.ts';
import type { PodFacts } from '../facts/pod-facts.ts';
import { finishedAtMs, isFinished } from './container-progress.ts';

/** Why a pod as a whole comes to its end, and until when its containers have time. */
export interface PodEnd {
  readonly cause: 'deleted' | 'failed' | 'finished';
  readonly killAtMs: number;
}

/** What makes a pod `Failed` whatever its containers say. */
export interface PodFailure {
  readonly reason: string;
  readonly message: string;
  /** Until when its containers have time to end. */
  readonly killAtMs: number;
}

const defaultGraceSeconds = 30;
/** What the kubelet leaves a pod that it evicts at once. */
const evictionGraceMs = 1_000;

/** Undefined: the pod goes on. */
export function podEnd(facts: PodFacts, nowMs: number): PodEnd | undefined {
  const { deletion, pod } = facts.runtime;
  if (deletion !== undefined) return { cause: 'deleted', killAtMs: deletion.killAtMs ?? nowMs + graceMs(pod) };
  const failure = podFailure(facts, nowMs);
  if (failure !== undefined) return { cause: 'failed', killAtMs: failure.killAtMs };
  if (isFinished(facts)) return { cause: 'finished', killAtMs: finishedAtMs(facts) + graceMs(pod) };
  return undefined;
}

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ `activeDeadlineSeconds` */
export function podFailure(facts: PodFacts, nowMs: number): PodFailure | undefined {
  const { failure, sandbox, pod } = facts.runtime;
  if (failure !== undefined) return { ...failure, killAtMs: failure.atMs + evictionGraceMs };
  const deadline = deadlineAtMs(facts.runtime);
  const isOver = isFinished(facts);
  if (deadline !== undefined && deadline <= nowMs && !(isOver && finishedAtMs(facts) < deadline)) {
    const message = 'Pod was active on the node longer than the specified deadline';
    // As with a kubelet: the grace period begins when somebody ends the pod, however late that is.
    return { reason: 'DeadlineExceeded', message, killAtMs: (facts.overdueSinceMs ?? deadline) + graceMs(pod) };
  }
  // Without its network a pod can't go on; one that has finished needs none.
  if (sandbox !== 'lost' || isOver) return undefined;
  const message = "The pod's sandbox container was removed from the engine";
  return { reason: 'SandboxLost', message, killAtMs: nowMs + graceMs(pod) };
}

/** Milliseconds since the epoch. */
export function deadlineAtMs({ pod, acceptedAt }: RuntimePod): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds;
  return seconds === undefined ? undefined : Date.parse(acceptedAt) + seconds * 1_000;
}

export function graceMs({ spec }: Pod): number {
  return (spec.terminationGracePeriodSeconds ?? defaultGraceSeconds) * 1_000;
}
