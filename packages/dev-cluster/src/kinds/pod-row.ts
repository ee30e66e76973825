import { fieldAt, isJson, type Json, type KubeObject, listAt, textAt } from '../object.ts';
import { renderAge } from './age.ts';

interface PodRow {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

/** READY, STATUS and RESTARTS of `kubectl get pods` (k8s.io/kubernetes/pkg/printers/internalversion, `printPod`). */
export function podRow(pod: KubeObject): PodRow {
  const sidecars = new Set(
    listAt(pod, 'spec.initContainers').flatMap(({ name, restartPolicy }) => (restartPolicy === 'Always' ? [name] : [])),
  );
  const statuses = listAt(pod, 'status.containerStatuses');
  const init = listAt(pod, 'status.initContainerStatuses');
  const initReason = initializationOf(pod, init, sidecars);
  const isInitializing = initReason !== undefined && conditionOf(pod, 'Initialized') !== 'True';
  const counted = isInitializing ? init : [...init.filter(({ name }) => sidecars.has(name)), ...statuses];
  const ready = counted.filter((status) => status.ready === true && isJson(fieldAt(status, 'state.running'))).length;
  const total = listAt(pod, 'spec.containers').length + sidecars.size;
  return {
    ready: `${isInitializing ? 0 : ready}/${total}`,
    status: statusOf(pod, isInitializing ? initReason : containersReason(pod, statuses)),
    restarts: renderRestarts(counted),
  };
}

function statusOf(pod: KubeObject, reason: string | undefined): string {
  const phase = textAt(pod, 'status.phase');
  const isTerminal = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata.deletionTimestamp !== undefined && !isTerminal) return 'Terminating';
  return reason ?? (textAt(pod, 'status.reason') || phase);
}

/** What holds the pod's initialization up; undefined when nothing does. */
function initializationOf(pod: KubeObject, statuses: Json[], sidecars: ReadonlySet<unknown>): string | undefined {
  for (const [index, status] of statuses.entries()) {
    const terminated = fieldAt(status, 'state.terminated');
    if (fieldAt(terminated, 'exitCode') === 0 || (sidecars.has(status.name) && status.started === true)) continue;
    if (isJson(terminated)) return `Init:${endOf(terminated)}`;
    const waiting = textAt(status, 'state.waiting.reason');
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${listAt(pod, 'spec.initContainers').length}`;
  }
  return undefined;
}

function containersReason(pod: KubeObject, statuses: Json[]): string | undefined {
  let reason: string | undefined;
  for (const status of statuses.toReversed()) {
    const terminated = fieldAt(status, 'state.terminated');
    reason = textAt(status, 'state.waiting.reason') || (isJson(terminated) ? endOf(terminated) : reason);
  }
  const hasRunning = statuses.some((status) => status.ready === true && isJson(fieldAt(status, 'state.running')));
  if (reason !== 'Completed' || !hasRunning) return reason;
  return conditionOf(pod, 'Ready') === 'True' ? 'Running' : 'NotReady';
}

function endOf(terminated: Json): string {
  const { reason, signal, exitCode } = terminated;
  if (typeof reason === 'string' && reason !== '') return reason;
  return typeof signal === 'number' && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function renderRestarts(statuses: Json[]): string {
  const count = statuses.reduce((sum, status) => sum + Number(status.restartCount ?? 0), 0);
  const last = statuses.map((status) => textAt(status, 'lastState.terminated.finishedAt')).sort();
  const latest = last.at(-1) ?? '';
  return count === 0 || latest === '' ? String(count) : `${count} (${renderAge(latest)} ago)`;
}

/** The status of a condition, '' when it is not there. */
export function conditionOf(object: KubeObject, type: string): string {
  return textAt(
    listAt(object, 'status.conditions').find((condition) => condition.type === type),
    'status',
  );
}
