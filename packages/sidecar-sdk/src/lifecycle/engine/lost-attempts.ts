import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { PodMemory } from './pod-memory.ts';

/**
 * Notes what was there and is not any more, although nobody here removed it: it has ended without a word. Only the newest attempt of a
 * container is never removed while its pod stays.
 */
export function noteLosses({ attempts }: RuntimePod, { seen, lost }: PodMemory, nowMs: number): void {
  const newest = newestOf(attempts);
  for (const [container, before] of seen) {
    if ((newest.get(container)?.number ?? -1) >= before.number) continue;
    const ended = toEnded(before, nowMs);
    lost.set(container, ended);
    newest.set(container, ended);
  }
  for (const [container, attempt] of newest) if (attempt.state.kind !== 'created') seen.set(container, attempt);
}

function newestOf(attempts: ReadonlyArray<Attempt>): Map<string, Attempt> {
  const newest = new Map<string, Attempt>();
  for (const attempt of attempts) {
    if ((newest.get(attempt.container)?.number ?? -1) < attempt.number) newest.set(attempt.container, attempt);
  }
  return newest;
}

function toEnded(attempt: Attempt, nowMs: number): Attempt {
  const { state } = attempt;
  if (state.kind === 'ended') return attempt;
  const startedAt = state.kind === 'running' ? { startedAt: state.startedAt } : {};
  const finishedAt = new Date(nowMs).toISOString();
  return { ...attempt, state: { kind: 'ended', ending: { ...lostEnding, ...startedAt, finishedAt } } };
}

/** As the kubelet puts it for a container that it can't find any more. */
const lostEnding = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was deleted.  The container used to be Running',
} as const;
