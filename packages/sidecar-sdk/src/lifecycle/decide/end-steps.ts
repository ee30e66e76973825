import type { ContainerKind } from '@interlink/protocol';
import { type AttemptFacts, isLive, type PodFacts } from '../facts/pod-facts.ts';
import type { PodEnd } from './pod-end.ts';
import { nothingToDo, type Plan, type Step } from './step.ts';

/**
 * What brings a pod to its end: its containers first, all at once, then its sidecar containers, one after another, the last that was
 * started first; whoever still runs when the time is over is killed. A deleted pod goes when nothing of it runs any more.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#termination-with-sidecars
 */
export function endSteps(facts: PodFacts, { cause, killAtMs }: PodEnd, nowMs: number): Plan {
  const live = liveAttempts(facts);
  if (live.length === 0) return cause === 'deleted' ? { steps: [{ do: 'remove' }], wakeAtMs: undefined } : nothingToDo;
  const isOverdue = killAtMs <= nowMs;
  const first = live.filter(({ kind }) => kind !== 'sidecar');
  const due = isOverdue ? live : first.length > 0 ? first : live.slice(-1);
  return {
    steps: due
      // One that is only taken yet has nothing that a signal could reach.
      .filter(({ attempt }) => isOverdue || attempt.state.kind === 'running')
      .map(({ attempt }): Step => ({ do: 'stop', attempt, killAtMs, why: 'pod-ends' })),
    wakeAtMs: isOverdue ? undefined : killAtMs,
  };
}

function liveAttempts({ containers }: PodFacts): Array<{ kind: ContainerKind; attempt: AttemptFacts }> {
  return containers.flatMap(({ kind, attempts }) => attempts.filter(isLive).map((attempt) => ({ kind, attempt })));
}
