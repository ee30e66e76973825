import type { EventText } from '../container-runtime.ts';
import { dueRestart } from '../decide/container-progress.ts';
import { pullErrorShownMs } from '../decide/next-steps.ts';
import { type ContainerFacts, newest, type PodFacts } from '../facts/pod-facts.ts';
import { crashLoop, failed, pullBackOff } from './lifecycle-events.ts';

export interface DueEvent {
  /** Told once for each. */
  readonly key: string;
  readonly container: string;
  readonly events: ReadonlyArray<EventText>;
}

/** What a pod's waiting calls for: a word when a back-off begins. */
export function backOffEvents(facts: PodFacts, nowMs: number): DueEvent[] {
  return facts.containers.flatMap((container) => [...crashLoops(facts, container), ...pullBackOffs(container, nowMs)]);
}

function crashLoops(facts: PodFacts, container: ContainerFacts): DueEvent[] {
  if ((dueRestart(facts, container)?.delayMs ?? 0) === 0) return [];
  const { name } = container.spec;
  const events = [crashLoop(name, facts.runtime.pod.metadata)];
  return [{ key: `crash ${newest(container)?.id}`, container: name, events }];
}

function pullBackOffs({ problem, spec: { name, image = '' } }: ContainerFacts, nowMs: number): DueEvent[] {
  if (problem?.reason !== 'ErrImagePull' || nowMs < problem.failedAtMs + pullErrorShownMs) return [];
  const events = [pullBackOff(image), failed('ImagePullBackOff')];
  return [{ key: `pull ${name} ${problem.failedAtMs}`, container: name, events }];
}
