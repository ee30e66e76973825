import type { ContainerStatus } from '@interlink/sidecar-sdk';
import type { MockPod } from './mock-pod.ts';
import { playSteps } from './timeline.ts';

/** From when until when a container writes, in milliseconds since the epoch. */
export interface LogSpan {
  readonly startMs: number;
  /** Infinity: it ends with its pod only. */
  readonly endMs: number;
}

/**
 * The life of a container whose log is asked for: with a timeline the present one, or the one before when it waits for the next or that
 * is asked for. Undefined: there is none.
 */
export function logSpanOf(pod: MockPod, container: ContainerStatus, isPrevious: boolean): LogSpan | undefined {
  const { script, startedAtMs, endedAtMs, createdAtMs } = pod;
  const { state, lastState } = container;
  if (script.timeline === undefined) {
    if (isPrevious || startedAtMs === undefined || state.waiting !== undefined) return undefined;
    return { startMs: startedAtMs, endMs: endedAtMs ?? Number.POSITIVE_INFINITY };
  }
  const ended = isPrevious || state.waiting !== undefined ? lastState?.terminated : state.terminated;
  if (ended?.startedAt !== undefined && ended.finishedAt !== undefined) {
    return { startMs: Date.parse(ended.startedAt), endMs: Date.parse(ended.finishedAt) };
  }
  const startedAt = isPrevious ? undefined : state.running?.startedAt;
  if (startedAt === undefined) return undefined;
  const startMs = Date.parse(startedAt);
  const steps = script.timeline.named.get(container.name) ?? script.timeline.main;
  return { startMs, endMs: playSteps(steps, createdAtMs, startMs).nextMs ?? Number.POSITIVE_INFINITY };
}
