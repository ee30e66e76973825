import type { ContainerStatus as ApiContainerStatus } from '@interlink/kube';
import type { ContainerStatus } from '@interlink/protocol';
import { fromApiContainerStatus } from './container-statuses.ts';

/**
 * The statuses, where a container that the API knows as ended for good stays so, whatever is reported of it later: a stale report must
 * not bring it back (the kubelet's rule, pkg/kubelet/status/status_manager.go). A container that was replaced for its image begins anew.
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
    const ended = before?.state?.terminated;
    if (before === undefined || ended == null || status.state.terminated !== undefined) return status;
    const isReplaced = status.restartCount > before.restartCount && status.image !== before.image;
    return isReplaced || isRestarted(status.name, ended.exitCode) ? status : fromApiContainerStatus(before);
  });
}
