import type { Pod, PodStatus } from '@interlink/kube';
import type { ContainerStatus, PodReport } from '@interlink/protocol';

export const podUid = '11111111-2222-4333-8444-555555555555';

/** What a container is doing, in a word: a number is an exit code; `backOff:1` waits for its restart after exit code 1. */
export type Doing = 'waiting' | 'running' | 'starting' | `backOff:${number}` | number;

/** A status as a backend reports it. `starting` runs but has not passed its start-up. */
export function containerStatus(name: string, doing: Doing, more: Partial<ContainerStatus> = {}): ContainerStatus {
  const isRunning = doing === 'running' || doing === 'starting';
  return {
    name,
    ...statesOf(doing),
    ready: doing === 'running',
    started: doing === 'running',
    restartCount: 0,
    image: 'busybox',
    imageID: '',
    ...(isRunning ? { containerID: `docker://${name}` } : {}),
    ...more,
  };
}

function statesOf(doing: Doing): Pick<ContainerStatus, 'state' | 'lastState'> {
  if (doing === 'waiting') return { state: { waiting: { reason: 'ContainerCreating' } } };
  if (doing === 'running' || doing === 'starting') return { state: { running: { startedAt: '2026-01-02T03:04:10Z' } } };
  if (typeof doing === 'number') return { state: { terminated: ended(doing) } };
  const exitCode = Number(doing.slice('backOff:'.length));
  return { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: ended(exitCode) } };
}

function ended(exitCode: number) {
  return {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: '2026-01-02T03:04:10Z',
    finishedAt: '2026-01-02T03:04:20Z',
  };
}

/** Statuses of containers, by name. */
export function containerStatuses(doings: Readonly<Record<string, Doing>>): ContainerStatus[] {
  return Object.entries(doings).map(([name, doing]) => containerStatus(name, doing));
}

/** A backend's report of pod `ns/p`. */
export function podReport(
  containers: ContainerStatus[],
  status: Partial<PodReport['status']> = {},
  uid = podUid,
): PodReport {
  return { uid, namespace: 'ns', name: 'p', status: { containerStatuses: containers, ...status } };
}

/** Pod `ns/p` of one container `main` as the API has it. */
export function apiPod(
  status: PodStatus | undefined,
  spec: Partial<NonNullable<Pod['spec']>> = {},
  metadata: Partial<NonNullable<Pod['metadata']>> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'ns', name: 'p', uid: podUid, resourceVersion: '7', generation: 1, ...metadata },
    spec: { nodeName: 'virtual-1', containers: [{ name: 'main', image: 'busybox' }], ...spec },
    ...(status === undefined ? {} : { status }),
  };
}
