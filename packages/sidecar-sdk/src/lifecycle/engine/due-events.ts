import type { EventText } from '../container-runtime.ts';
import { dueRestart } from '../decide/container-progress.ts';
import { pullErrorShownMs } from '../decide/next-steps.ts';
import { podEnd, podFailure } from '../decide/pod-end.ts';
import { type ContainerFacts, newest, type PodFacts } from '../facts/pod-facts.ts';
import { isPullFailure } from '../status/image-reasons.ts';
import { crashLoop, failed, podFailed, pullBackOff } from './lifecycle-events.ts';

export interface DueEvent {
  /** Told once for each `which` of what it is about. */
  readonly about: string;
  readonly which: string;
  /** Undefined: it is about the pod. */
  readonly container: string | undefined;
  readonly events: ReadonlyArray<EventText>;
}

/** What a pod's state calls for: a word when a back-off begins, and one when the pod has failed as a whole. */
export function dueEvents(facts: PodFacts, nowMs: number): DueEvent[] {
  const end = podEnd(facts, nowMs);
  if (end?.cause === 'failed') return failures(facts, nowMs);
  // In a pod that comes to its end nothing is waited for.
  if (end !== undefined) return [];
  return facts.containers.flatMap((container) => [...crashLoops(facts, container), ...pullBackOffs(container, nowMs)]);
}

function failures(facts: PodFacts, nowMs: number): DueEvent[] {
  const failure = podFailure(facts, nowMs);
  if (failure === undefined) return [];
  return [{ about: 'failure', which: failure.reason, container: undefined, events: [podFailed(failure)] }];
}

function crashLoops(facts: PodFacts, container: ContainerFacts): DueEvent[] {
  if ((dueRestart(facts, container)?.delayMs ?? 0) === 0) return [];
  const { name } = container.spec;
  const events = [crashLoop(name, facts.runtime.pod.metadata)];
  return [{ about: `crash ${name}`, which: newest(container)?.id ?? '', container: name, events }];
}

function pullBackOffs({ problem, spec: { name, image = '' } }: ContainerFacts, nowMs: number): DueEvent[] {
  if (problem === undefined || !isPullFailure(problem.reason) || nowMs < problem.failedAtMs + pullErrorShownMs)
    return [];
  const events = [pullBackOff(image), failed('ImagePullBackOff')];
  return [{ about: `pull ${name}`, which: String(problem.failedAtMs), container: name, events }];
}
