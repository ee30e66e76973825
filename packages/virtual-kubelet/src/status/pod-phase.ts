import { type ContainerStatus, initContainerKind, isRestarted, type RestartSpec } from '@interlink/protocol';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** A declared container, as far as the phase follows from it. */
interface PhaseContainer extends RestartSpec {
  readonly name: string;
}

export interface PhaseInput {
  /** The pod's own. */
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly initContainers: ReadonlyArray<PhaseContainer>;
  readonly containers: ReadonlyArray<PhaseContainer>;
  readonly initStatuses: ReadonlyArray<ContainerStatus>;
  readonly statuses: ReadonlyArray<ContainerStatus>;
  /** The pod is being ended (deleted, past its deadline): stopped containers stay stopped. */
  readonly isEnding: boolean;
}

/**
 * The phase that follows from the containers, by the kubelet's rules (`getPhase` in pkg/kubelet/kubelet_pods.go): a pod of which any
 * container is run again has not ended.
 */
export function podPhase(input: PhaseInput): PodPhase {
  if (input.initContainers.some((init) => hasFailedForGood(init, input))) return 'Failed';
  const count = countStates(input);
  if (count.waiting > 0) return 'Pending';
  if (count.running > 0 && count.unknown === 0) return 'Running';
  if (count.running === 0 && count.stopped > 0 && count.unknown === 0) {
    if (!input.isEnding && count.restarted > 0) return 'Running';
    return count.succeeded === count.stopped ? 'Succeeded' : 'Failed';
  }
  return 'Pending';
}

/** Decides, whatever has become of the sidecars beside it. */
function hasFailedForGood(init: PhaseContainer, { initStatuses, restartPolicy }: PhaseInput): boolean {
  const kind = initContainerKind(init);
  const exitCode = endOf(initStatuses.find(({ name }) => name === init.name))?.exitCode;
  if (kind === 'sidecar' || exitCode === undefined || exitCode === 0) return false;
  return !isRestarted(kind, init, restartPolicy, exitCode);
}

interface StateCounts {
  unknown: number;
  waiting: number;
  running: number;
  stopped: number;
  succeeded: number;
  /** Of the stopped ones, those that run again, by their own policy or the pod's. */
  restarted: number;
}

function countStates(input: PhaseInput): StateCounts {
  const count = { unknown: 0, waiting: 0, running: 0, stopped: 0, succeeded: 0, restarted: 0 };
  const byName = new Map(input.statuses.map((status) => [status.name, status]));
  for (const container of input.containers) {
    const status = byName.get(container.name);
    const ended = endOf(status);
    if (status === undefined) count.unknown += 1;
    else if (status.state.running !== undefined) count.running += 1;
    else if (ended !== undefined) {
      count.stopped += 1;
      if (ended.exitCode === 0) count.succeeded += 1;
      if (isRestarted('container', container, input.restartPolicy, ended.exitCode)) count.restarted += 1;
    } else count.waiting += 1;
  }
  // A sidecar that runs on keeps the pod from ending; one that has ended counts for nothing.
  count.running += runningSidecars(input);
  return count;
}

/** A container that waits for its restart has stopped; one that waits for its first start has not begun. */
function endOf(status: ContainerStatus | undefined): ContainerStatus['state']['terminated'] {
  const { state, lastState } = status ?? {};
  return state?.terminated ?? (state?.waiting === undefined ? undefined : lastState?.terminated);
}

function runningSidecars({ initContainers, initStatuses }: PhaseInput): number {
  const running = new Set(initStatuses.filter(({ state }) => state.running !== undefined).map(({ name }) => name));
  return initContainers.filter((init) => initContainerKind(init) === 'sidecar' && running.has(init.name)).length;
}
