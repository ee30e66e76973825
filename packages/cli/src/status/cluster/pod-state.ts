import type { Pod } from '@interlink/kube';
import { type ClusterState, clusterStates } from '../report/status-report.ts';

/** Its phase, but for one that is being deleted. */
export function stateOf({ metadata, status }: Pod): ClusterState {
  if (metadata?.deletionTimestamp !== undefined) return 'Terminating';
  return clusterStates.find((state) => state === status?.phase) ?? 'Pending';
}

/**
 * Why a pod does not run, in the words of whoever knows it best: the scheduler while there is no node, then the virtual kubelet, then the
 * backend's queue, then the containers.
 */
export function pendingReason({ status = {} }: Pod): string {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return words(scheduled) ?? 'it has no node yet';
  const queued = conditions.find(({ reason }) => reason === 'Queued');
  const waiting = [...initContainerStatuses, ...containerStatuses].flatMap(({ state }) =>
    state?.waiting === undefined ? [] : [state.waiting],
  );
  // What has a message says more than `ContainerCreating` alone.
  const told = waiting.find(({ message }) => (message ?? '') !== '') ?? waiting[0];
  return words(status) ?? words(queued) ?? words(told) ?? 'nobody has said why yet';
}

function words(told: { reason?: string; message?: string } | undefined): string | undefined {
  const parts = [told?.reason, told?.message].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}
