import { podEnd } from '../decide/pod-end.ts';
import { isLive, type PodFacts } from '../facts/pod-facts.ts';
import type { ContainerCare } from './container-care.ts';
import type { PodMemory } from './pod-memory.ts';

/** Probes follow what runs, and nobody ends what has ended. */
export function tend(
  facts: PodFacts,
  memory: PodMemory,
  { care, nowMs }: { care: ContainerCare; nowMs: number },
): void {
  const { runtime: pod, containers } = facts;
  const { stopper, watched } = memory;
  const all = containers.flatMap(({ spec, attempts }) => attempts.map((attempt) => ({ spec, attempt })));
  stopper.forgetAllBut(new Set(all.filter(({ attempt }) => isLive(attempt)).map(({ attempt }) => attempt.id)));
  const isEnding = podEnd(facts, nowMs) !== undefined;
  for (const { spec, attempt } of all) {
    const isProbed = attempt.state.kind === 'running' && attempt.postStart === 'done';
    if (isProbed && !isEnding && !stopper.isStopping(attempt.id)) {
      watched.set(attempt.id, attempt);
      care.watch({ pod, spec, attempt }, memory.postStart.has(attempt.id));
    } else {
      care.unwatch(attempt);
    }
  }
  const there = new Set(all.map(({ attempt }) => attempt.id));
  for (const [id, attempt] of watched) {
    if (there.has(id)) continue;
    care.unwatch(attempt);
    watched.delete(id);
  }
}
