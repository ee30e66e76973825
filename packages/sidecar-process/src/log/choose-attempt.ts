import { type Attempt, type ContainerStatus, InterLinkError, type RuntimePod } from '@interlink/sidecar-sdk';

/**
 * The attempt whose log is a container's: the one that its status shows, or with `isPrevious` the one that its `lastState` tells of.
 * @throws InterLinkError with the kubelet's words, which people and scripts look for
 */
export function chooseAttempt(pod: RuntimePod, status: ContainerStatus, isPrevious: boolean): Attempt {
  const of = `container ${JSON.stringify(status.name)} in pod ${JSON.stringify(pod.pod.metadata.name)}`;
  const id = isPrevious ? status.lastState?.terminated?.containerID : status.containerID;
  const chosen = pod.attempts.find((attempt) => attempt.id === id);
  const hasRun = chosen?.state.kind === 'running' || chosen?.state.kind === 'ended';
  if (chosen !== undefined && hasRun) return chosen;
  if (isPrevious) throw new InterLinkError('not_found', `previous terminated ${of} not found`);
  const reason = status.state.waiting?.reason ?? 'ContainerCreating';
  throw new InterLinkError('failed_precondition', `${of} is waiting to start: ${reason}`);
}
