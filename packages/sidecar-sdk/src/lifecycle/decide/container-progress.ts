import { isRestarted } from '@interlink/protocol';
import { type ContainerFacts, endingOf, newest, ofKind, type PodFacts, shown, wasStarted } from '../facts/pod-facts.ts';
import { type Restart, restartAfter } from './restart.ts';

/** The restart that a container is due, by the policies; undefined: it runs, it is being made, or it has ended for good. */
export function dueRestart({ runtime }: PodFacts, container: ContainerFacts): Restart | undefined {
  const attempt = newest(container);
  const ending = endingOf(attempt);
  if (attempt === undefined || ending === undefined) return undefined;
  return isRestarted(container.kind, container.spec, runtime.pod.spec.restartPolicy, ending.exitCode)
    ? restartAfter(attempt)
    : undefined;
}

/** It has ended and nothing follows. */
export function isOver(facts: PodFacts, container: ContainerFacts): boolean {
  return endingOf(newest(container)) !== undefined && dueRestart(facts, container) === undefined;
}

/** An init container with its work done; one that is gone counts when a later container was started. */
export function hasSucceeded(facts: PodFacts, container: ContainerFacts): boolean {
  if (container.attempts.length === 0) {
    const place = facts.containers.indexOf(container);
    return facts.containers.slice(place + 1).some((later) => later.kind !== 'ephemeral' && wasStarted(later));
  }
  return container.attempts.some((attempt) => endingOf(attempt)?.exitCode === 0);
}

/**
 * The first init container that those after it wait for; undefined: all may run. Once a container was started there is no way back,
 * as https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#detailed-behavior says of a pod whose sandbox stays.
 */
export function blockingInit(facts: PodFacts): ContainerFacts | undefined {
  if (ofKind(facts, 'container').some(wasStarted)) return undefined;
  return ofKind(facts, 'init', 'sidecar').find((container) =>
    container.kind === 'sidecar' ? !isUp(container) : !hasSucceeded(facts, container),
  );
}

/** Nothing of the pod's own work is left to do, whatever its sidecars do: every container is over, or an init container failed for good. */
export function isFinished(facts: PodFacts): boolean {
  if (ofKind(facts, 'container').every((container) => isOver(facts, container))) return true;
  return ofKind(facts, 'init').some((init) => isOver(facts, init) && !hasSucceeded(facts, init));
}

/** When the last of the containers whose end is the pod's has ended, milliseconds since the epoch. */
export function finishedAtMs(facts: PodFacts): number {
  const ends = ofKind(facts, 'init', 'container').flatMap((container) => endingOf(newest(container))?.finishedAt ?? []);
  return Math.max(...ends.map((end) => Date.parse(end)));
}

function isUp(container: ContainerFacts): boolean {
  const attempt = shown(container);
  if (attempt?.state.kind !== 'running' || attempt.postStart !== 'done') return false;
  return attempt.health.started && attempt.health.isAssumed !== true;
}
