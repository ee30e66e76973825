import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { PodMemory } from './pod-memory.ts';

/**
 * Notes what was there and is not any more, although nobody here removed it: it has ended without a word. Of a container's attempts that began,
 * the newest is never removed while its pod stays, nor the one before it, which `lastState` tells of.
 */
export function noteLosses({ attempts }: RuntimePod, { seen, lost }: PodMemory, nowMs: number): void {
  const there = Map.groupBy(attempts, ({ container }) => container);
  for (const container of new Set([...seen.keys(), ...there.keys()])) {
    const now = there.get(container) ?? [];
    const gone = (seen.get(container) ?? [])
      .filter((before) => !now.some(({ number }) => number === before.number))
      .map((before) => toEnded(before, nowMs));
    const begun = [...now.filter(({ state }) => state.kind !== 'created'), ...gone]
      .toSorted((a, b) => b.number - a.number)
      .slice(0, 2);
    const newestLost = begun.find((attempt) => gone.includes(attempt));
    if (newestLost !== undefined) lost.set(container, newestLost);
    seen.set(container, begun);
  }
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
