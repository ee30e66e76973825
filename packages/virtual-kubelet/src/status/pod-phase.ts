import type { ContainerStatus } from '@interlink/protocol';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export interface PhaseInput {
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly initContainers: ReadonlyArray<{ name: string; restartPolicy?: string | undefined }>;
  readonly containers: ReadonlyArray<{ name: string }>;
  readonly initStatuses: ReadonlyArray<ContainerStatus>;
  readonly statuses: ReadonlyArray<ContainerStatus>;
  /** The pod is being ended (deleted, past its deadline): stopped containers stay stopped. */
  readonly isEnding: boolean;
}

/** The phase that follows from the containers, by the kubelet's rules (`getPhase` in pkg/kubelet/kubelet_pods.go). */
export function podPhase(input: PhaseInput): PodPhase {
  const init = initProgress(input);
  if (init === 'failed') return 'Failed';
  const count = countStates(input);
  if (init === 'pending' && count.begun === 0) return 'Pending';
  if (count.waiting > 0) return 'Pending';
  if (count.running > 0 && count.unknown === 0) return 'Running';
  if (count.running === 0 && count.stopped > 0 && count.unknown === 0) {
    const allSucceeded = count.succeeded === count.stopped;
    if (input.isEnding) return allSucceeded ? 'Succeeded' : 'Failed';
    if (input.restartPolicy === 'Always') return 'Running';
    if (allSucceeded) return 'Succeeded';
    return input.restartPolicy === 'Never' ? 'Failed' : 'Running';
  }
  return 'Pending';
}

function initProgress(input: PhaseInput): 'done' | 'pending' | 'failed' {
  const byName = new Map(input.initStatuses.map((status) => [status.name, status]));
  for (const container of input.initContainers) {
    const status = byName.get(container.name);
    if (container.restartPolicy === 'Always') {
      if (status?.started !== true) return 'pending';
      continue;
    }
    const ended = status?.state.terminated;
    if (ended === undefined) return 'pending';
    if (ended.exitCode !== 0) return input.restartPolicy === 'Never' || input.isEnding ? 'failed' : 'pending';
  }
  return 'done';
}

function countStates(input: PhaseInput): {
  unknown: number;
  waiting: number;
  running: number;
  stopped: number;
  succeeded: number;
  begun: number;
} {
  const count = { unknown: 0, waiting: 0, running: 0, stopped: 0, succeeded: 0, begun: 0 };
  const byName = new Map(input.statuses.map((status) => [status.name, status]));
  for (const { name } of input.containers) {
    const status = byName.get(name);
    // A container that waits for its restart has stopped; one that waits for its first start has not begun.
    const ended =
      status?.state.terminated ?? (status?.state.waiting === undefined ? undefined : status.lastState?.terminated);
    if (status === undefined) count.unknown += 1;
    else if (status.state.running !== undefined) count.running += 1;
    else if (ended !== undefined) {
      count.stopped += 1;
      if (ended.exitCode === 0) count.succeeded += 1;
    } else count.waiting += 1;
  }
  count.begun = count.running + count.stopped;
  // A sidecar that runs on keeps the pod from ending; one that has ended counts for nothing.
  count.running += runningSidecars(input);
  return count;
}

function runningSidecars({ initContainers, initStatuses }: PhaseInput): number {
  const running = new Set(initStatuses.filter(({ state }) => state.running !== undefined).map(({ name }) => name));
  return initContainers.filter(({ name, restartPolicy }) => restartPolicy === 'Always' && running.has(name)).length;
}
