import type { ContainerStatus as ApiContainerStatus } from '@interlink/kube';
import type { ContainerStatus } from '@interlink/protocol';
import { fromApiContainerStatus } from './container-statuses.ts';

export interface KeepEndedOptions {
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  /** Containers that are restarted whatever the pod's policy is. */
  readonly isAlwaysRestarted: (name: string) => boolean;
}

/**
 * The statuses, where a container that the API knows as ended for good stays so, whatever is reported of it later: a stale report must
 * not bring it back (the kubelet's rule, pkg/kubelet/status/status_manager.go). A container that was replaced for its image begins anew.
 */
export function keepEnded(
  current: ReadonlyArray<ApiContainerStatus> | undefined,
  statuses: ReadonlyArray<ContainerStatus>,
  { restartPolicy, isAlwaysRestarted }: KeepEndedOptions,
): ContainerStatus[] {
  if (restartPolicy === 'Always') return [...statuses];
  const byName = new Map((current ?? []).map((status) => [status.name, status]));
  return statuses.map((status) => {
    const before = byName.get(status.name);
    const ended = before?.state?.terminated;
    if (before === undefined || ended == null || status.state.terminated !== undefined) return status;
    const mayRestart = restartPolicy === 'OnFailure' && ended.exitCode !== 0;
    const isReplaced = status.restartCount > before.restartCount && status.image !== before.image;
    return mayRestart || isReplaced || isAlwaysRestarted(status.name) ? status : fromApiContainerStatus(before);
  });
}
