import type { ContainerStatus as ApiContainerStatus } from '@interlink/kube';
import type { ContainerStatus } from '@interlink/protocol';
import { fromApiContainerStatus } from './container-statuses.ts';

/** Of a container that is there and that its backend can't read now (sidecar-sdk, `toUnreadReport`): nothing is known of it. */
const unread = 'ContainerStatusUnknown';

/**
 * The statuses, where a container of which the backend knows nothing now is as the API has it, and one that the API knows as ended for
 * good stays so, whatever is reported of it later: a stale report must not bring it back (the kubelet's rule, pkg/kubelet/status/status_manager.go). A container that was replaced for its image begins anew.
 * @param isRestarted whether a container that ended so may run again
 */
export function keepEnded(
  current: ReadonlyArray<ApiContainerStatus> | undefined,
  statuses: ReadonlyArray<ContainerStatus>,
  isRestarted: (name: string, exitCode: number) => boolean,
): ContainerStatus[] {
  const byName = new Map((current ?? []).map((status) => [status.name, status]));
  return statuses.map((status) => {
    const before = byName.get(status.name);
    if (before !== undefined && status.state.waiting?.reason === unread) return fromApiContainerStatus(before);
    const ended = before?.state?.terminated;
    if (before === undefined || ended == null || status.state.terminated !== undefined) return status;
    const isReplaced = status.restartCount > before.restartCount && status.image !== before.image;
    return isReplaced || isRestarted(status.name, ended.exitCode) ? status : fromApiContainerStatus(before);
  });
}
