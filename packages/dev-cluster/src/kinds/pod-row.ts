import { conditionOf, fieldAt, isJson, type Json, type KubeObject, listAt, textAt } from '../object.ts';

/** READY, STATUS and RESTARTS of `kubectl get pods` (k8s.io/kubernetes/pkg/printers/internalversion, `printPod`). */
export function podRow(pod: KubeObject): { ready: string; status: string; restarts: number } {
  const inits = listAt(pod, 'spec.initContainers');
  const sidecars = new Set(inits.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  const main = listAt(pod, 'status.containerStatuses');
  const init = listAt(pod, 'status.initContainerStatuses');
  const pending = conditionOf(pod, 'Initialized') === 'True' ? undefined : initReason(init, sidecars, inits.length);
  const counted = pending === undefined ? [...init.filter(({ name }) => sidecars.has(name)), ...main] : init;
  const ready = pending === undefined ? counted.filter(isReady).length : 0;
  return {
    ready: `${ready}/${listAt(pod, 'spec.containers').length + sidecars.size}`,
    status: statusOf(pod, pending ?? mainReason(main)),
    restarts: counted.reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0),
  };
}

function statusOf({ metadata, status }: KubeObject, reason: string | undefined): string {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (metadata.deletionTimestamp !== undefined && !isOver) return 'Terminating';
  return reason ?? String(status?.reason ?? status?.phase ?? '');
}

/** What holds the pod's initialization up; undefined when nothing does. */
function initReason(statuses: Json[], sidecars: ReadonlySet<unknown>, count: number): string | undefined {
  const isDone = (status: Json) =>
    fieldAt(status, 'state.terminated.exitCode') === 0 || (sidecars.has(status.name) && status.started === true);
  const index = statuses.findIndex((status) => !isDone(status));
  const reason = index === -1 ? undefined : reasonOf(statuses[index]);
  if (index === -1) return undefined;
  return `Init:${reason === undefined || reason === 'PodInitializing' ? `${index}/${count}` : reason}`;
}

function mainReason(statuses: Json[]): string | undefined {
  const reason = statuses.map(reasonOf).find((each) => each !== undefined);
  return reason === 'Completed' && statuses.some(isReady) ? 'NotReady' : reason;
}

/** Why a container waits, or how it ended. */
function reasonOf(status: Json | undefined): string | undefined {
  const terminated = fieldAt(status, 'state.terminated');
  const reason = textAt(status, 'state.waiting.reason') || textAt(terminated, 'reason');
  return reason || (isJson(terminated) ? `ExitCode:${terminated.exitCode}` : undefined);
}

function isReady(status: Json): boolean {
  return status.ready === true && isJson(fieldAt(status, 'state.running'));
}
