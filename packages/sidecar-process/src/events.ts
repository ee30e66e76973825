import type { ContainerStatus, PodEvent, PodReport } from '@interlink/sidecar-sdk';

/** What happened between two reports of a pod, in the kubelet's words. Without an earlier report nothing is known to have happened. */
export function eventsBetween(before: PodReport | undefined, after: PodReport): PodEvent[] {
  if (before === undefined) return [];
  const earlier = new Map(statuses(before).map((status) => [status.name, status]));
  return statuses(after).flatMap((status) => containerEvents(earlier.get(status.name), status, after));
}

/** Told once per pod, so that nobody takes this backend for a container engine. */
export function warningEvents(options: {
  readonly account: string;
  /** Mount path by the variable that is set instead. */
  readonly mounts: ReadonlyArray<readonly [variable: string, mountPath: string]>;
}): PodEvent[] {
  const { account, mounts } = options;
  const isolation: PodEvent = {
    type: 'Warning',
    reason: 'NotIsolated',
    message: `Runs as plain processes of account ${account}: images are ignored and nothing is isolated`,
  };
  if (mounts.length === 0) return [isolation];
  const list = mounts.map(([variable, mountPath]) => `$${variable} for ${mountPath}`).join(', ');
  const message = `Volumes are not mounted at their mountPath; their folders are in the environment: ${list}`;
  return [isolation, { type: 'Warning', reason: 'MountPathNotHonoured', message }];
}

function containerEvents(before: ContainerStatus | undefined, after: ContainerStatus, report: PodReport): PodEvent[] {
  const container = after.name;
  const { running, waiting, terminated } = after.state;
  if (running !== undefined && before?.state.running?.startedAt !== running.startedAt) {
    return [{ type: 'Normal', reason: 'Started', message: `Started container ${container}`, container }];
  }
  if (waiting?.reason === 'CrashLoopBackOff' && before?.state.waiting?.reason !== 'CrashLoopBackOff') {
    const message = `Back-off restarting failed container ${container} in pod ${report.name}_${report.namespace}(${report.uid})`;
    return [{ type: 'Warning', reason: 'BackOff', message, container }];
  }
  if (terminated?.reason === 'StartError' && before?.state.terminated?.reason !== 'StartError') {
    return [{ type: 'Warning', reason: 'Failed', message: `Error: ${terminated.message ?? ''}`, container }];
  }
  return [];
}

function statuses({ status }: PodReport): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}
