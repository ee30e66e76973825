import { type ContainerFacts, isSidecarContainer, type PodFacts } from './pod-facts.ts';
import { nextRestart, type Restart, type RestartPolicy } from './restart.ts';

/** The restart that this container is due, or undefined: it has not ended, or has for good, or the pod is to end. */
export function dueRestart(facts: PodFacts, container: ContainerFacts): Restart | undefined {
  if (facts.stop !== undefined) return undefined;
  return nextRestart(container.latest, restartPolicyOf(facts, container));
}

/** An init container has ended well. */
export function hasSucceeded({ latest }: ContainerFacts): boolean {
  return latest?.state.kind === 'ended' && latest.state.ending.exitCode === 0;
}

/** It has ended and nothing follows. */
export function isOver(facts: PodFacts, container: ContainerFacts): boolean {
  return container.latest?.state.kind === 'ended' && dueRestart(facts, container) === undefined;
}

/** The first init container that those after it wait for, or undefined when the pod is initialized. */
export function blockingInit(facts: PodFacts): ContainerFacts | undefined {
  return facts.initContainers.find((container) =>
    isSidecarContainer(container) ? !hasStarted(container) : !hasSucceeded(container),
  );
}

function hasStarted({ latest, earlier }: ContainerFacts): boolean {
  return latest?.state.kind === 'running' || latest?.state.kind === 'ended' || earlier !== undefined;
}

function restartPolicyOf(facts: PodFacts, container: ContainerFacts): RestartPolicy {
  if (facts.ephemeralContainers.includes(container)) return 'Never';
  if (isSidecarContainer(container)) return 'Always';
  const policy = facts.pod.spec.restartPolicy ?? 'Always';
  // An init container that ended well has done its work.
  return facts.initContainers.includes(container) && policy === 'Always' ? 'OnFailure' : policy;
}
