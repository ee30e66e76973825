import type { ContainerState, ContainerStatus, PodReport } from '../pod/pod-report.ts';
import type { V1PodStatus } from './shapes.ts';

/**
 * A report as v1 puts it. A v1 peer derives the phase from exit codes alone, so a pod that failed as a whole must not show
 * containers that ended with 0.
 */
export function toV1PodStatus(report: PodReport): V1PodStatus {
  const failed = report.status.phase === 'Failed';
  return {
    name: report.name,
    UID: report.uid,
    namespace: report.namespace,
    JID: report.status.jobID ?? report.uid,
    containers: failed
      ? report.status.containerStatuses.map((s) => asFailed(s, report.status.reason))
      : report.status.containerStatuses,
    initContainers: report.status.initContainerStatuses ?? [],
  };
}

/** A v1 status as a report. */
export function fromV1PodStatus(status: V1PodStatus): PodReport {
  const initContainers = toldOf(status.initContainers);
  return {
    uid: status.UID,
    namespace: status.namespace,
    name: status.name,
    status: {
      ...(initContainers.length === 0 ? {} : { initContainerStatuses: initContainers.map(withoutEmptyStates) }),
      containerStatuses: toldOf(status.containers).map(withoutEmptyStates),
      ...(status.JID === undefined || status.JID === '' ? {} : { jobID: status.JID }),
    },
  };
}

function asFailed(status: ContainerStatus, reason: string | undefined): ContainerStatus {
  const { terminated } = status.state;
  if (terminated !== undefined && terminated.exitCode !== 0) return status;
  return {
    ...status,
    ready: false,
    state: {
      terminated: {
        exitCode: 137,
        ...terminated,
        ...(terminated?.exitCode === 0 ? { exitCode: 137 } : {}),
        reason: reason ?? 'Error',
      },
    },
  };
}

/** Some plugins show each container without any state where they know nothing of the pod: that of Slurm does. */
function toldOf(statuses: ReadonlyArray<ContainerStatus> = []): ReadonlyArray<ContainerStatus> {
  return statuses.every(({ state }) => isEmpty(state)) ? [] : statuses;
}

/** Go peers write `lastState: {}` where nothing was. */
function withoutEmptyStates(status: ContainerStatus): ContainerStatus {
  const { lastState, ...rest } = status;
  return lastState === undefined || isEmpty(lastState) ? rest : { ...rest, lastState };
}

function isEmpty(state: ContainerState): boolean {
  return state.waiting === undefined && state.running === undefined && state.terminated === undefined;
}
