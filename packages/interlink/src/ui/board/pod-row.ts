import { type ContainerStatus, containerStatusesOf, type PodReport, parsePodReport } from '@interlink/protocol';

/** In the order of a pod's life. `Unreadable` is what no reader of reports takes. */
export const podStates = ['Queued', 'Starting', 'Running', 'Succeeded', 'Failed', 'Unreadable'] as const;
export type PodState = (typeof podStates)[number];

/** What lists and charts need of a report. */
export interface PodRow {
  readonly namespace: string;
  readonly name: string;
  readonly state: PodState;
  /** Why it is in that state, in the backend's words; empty when it says nothing. */
  readonly reason: string;
  readonly jobId: string;
  /** RFC 3339. */
  readonly estimatedStart: string | undefined;
  /** RFC 3339: when the first container started. */
  readonly startedAt: string | undefined;
}

/** A report as a line of the stream holds it; undefined when it is none. */
export function readReport(text: string): PodReport | undefined {
  try {
    return parsePodReport((JSON.parse(text) as { pod?: unknown }).pod);
  } catch {
    return undefined;
  }
}

export function toPodRow(report: PodReport | undefined): PodRow {
  if (report === undefined) {
    const nothing = { namespace: '', name: '', jobId: '', estimatedStart: undefined, startedAt: undefined };
    return { ...nothing, state: 'Unreadable', reason: 'The sidecar’s report is not as the protocol has it' };
  }
  const { namespace, name, status } = report;
  return {
    ...{ namespace, name, state: stateOf(report), reason: reasonOf(report) },
    jobId: status.jobID ?? '',
    estimatedStart: status.queue?.estimatedStart,
    startedAt: containerStatusesOf(report)
      .flatMap(({ state, lastState }) => [state, lastState].flatMap(startOf))
      .toSorted()[0],
  };
}

/**
 * By the report alone: InterLink does not know the pod's restart policy, so that a pod whose containers have all ended counts as ended,
 * also when they are about to be started again.
 */
function stateOf({ status }: PodReport): PodState {
  if (status.phase === 'Failed') return 'Failed';
  const { containerStatuses } = status;
  const ended = containerStatuses.flatMap(({ state }) => (state.terminated === undefined ? [] : [state.terminated]));
  if (containerStatuses.length > 0 && ended.length === containerStatuses.length)
    return ended.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed';
  if (containerStatuses.some(({ state }) => state.running !== undefined)) return 'Running';
  return status.queue === undefined ? 'Starting' : 'Queued';
}

function reasonOf(report: PodReport): string {
  const { reason, message, queue } = report.status;
  const own = [reason, message].filter((part) => part !== undefined && part !== '').join(': ');
  if (own !== '') return own;
  const state = stateOf(report);
  if (queue !== undefined && state === 'Queued') return queue.reason ?? queue.state;
  for (const { state: container } of containerStatusesOf(report)) {
    const { waiting, terminated } = container;
    if (terminated !== undefined && terminated.exitCode !== 0)
      return `${terminated.reason ?? 'Error'} (exit code ${terminated.exitCode})`;
    if (waiting?.reason !== undefined) return [waiting.reason, waiting.message].filter(Boolean).join(': ');
  }
  return '';
}

function startOf(state: ContainerStatus['state'] | undefined): string[] {
  const startedAt = state?.running?.startedAt ?? state?.terminated?.startedAt;
  return startedAt === undefined ? [] : [startedAt];
}
