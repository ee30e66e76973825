import type { ContainerState as ApiContainerState, ContainerStatus as ApiContainerStatus } from '@interlink/kube';
import type { ContainerState, ContainerStatus } from '@interlink/protocol';
import { cutToBytes } from './message-limit.ts';

/** A declared container, as far as its status needs it. */
export interface DeclaredContainer {
  readonly name: string;
  readonly image?: string | undefined;
}

/**
 * One status per declared container, in the order of the spec, from what the backend reported. Containers that
 * the spec does not know are dropped: a sidecar is not trusted to invent any.
 * @param waiting what a container waits for that the backend says nothing of
 */
export function containerStatuses(
  declared: ReadonlyArray<DeclaredContainer>,
  reported: ReadonlyArray<ContainerStatus>,
  waiting: { reason: string; message?: string },
): ContainerStatus[] {
  const byName = new Map(reported.map((status) => [status.name, status]));
  return declared.map(({ name, image = '' }) => {
    const status = byName.get(name);
    if (status !== undefined) return status.image === '' ? { ...status, image } : status;
    return { name, state: { waiting }, ready: false, started: false, restartCount: 0, image, imageID: '' };
  });
}

/**
 * As the Kubernetes API stores it: whole seconds, `lastState` always there. Two statuses that the API can't tell apart come out equal.
 * @param messageBytes how long its messages may be
 */
export function toApiContainerStatus(status: ContainerStatus, messageBytes = 4_096): ApiContainerStatus {
  return {
    name: status.name,
    state: toApiState(status.state, messageBytes),
    lastState: toApiState(status.lastState ?? {}, messageBytes),
    ready: status.ready,
    restartCount: status.restartCount,
    image: status.image,
    imageID: status.imageID,
    started: hasStarted(status),
    ...optional('containerID', status.containerID),
    ...(status.resources === undefined ? {} : { resources: status.resources }),
    ...(status.allocatedResources === undefined ? {} : { allocatedResources: status.allocatedResources }),
  };
}

/** Whether it is past its start-up; a backend that says nothing of that has no start-up probes. */
export function hasStarted({ started, state }: ContainerStatus): boolean {
  return started ?? state.running !== undefined;
}

/** A status that was written earlier, for a container of which the backend tells nothing any more. */
export function fromApiContainerStatus(status: ApiContainerStatus): ContainerStatus {
  const { name, state, lastState, ready, started, restartCount, image, imageID, containerID } = status;
  const { limits, requests } = status.resources ?? {};
  return {
    name,
    state: state ?? {},
    ...(lastState == null ? {} : { lastState }),
    ready,
    ...(started == null ? {} : { started }),
    restartCount,
    image,
    imageID,
    ...optional('containerID', containerID),
    ...(limits === undefined && requests === undefined
      ? {}
      : { resources: { ...(limits && { limits }), ...(requests && { requests }) } }),
    ...(status.allocatedResources == null ? {} : { allocatedResources: status.allocatedResources }),
  };
}

/** The kubelet's for a container of which nobody knows how it ended. */
export const lostExitCode = 137;
export const lostReason = 'ContainerStatusUnknown';

/** Ends what had not ended: the pod goes, and nobody will ever hear of these containers again. */
export function withoutUnended(statuses: ReadonlyArray<ContainerStatus>, now: string): ContainerStatus[] {
  return statuses.map((status) =>
    status.state.terminated !== undefined
      ? status
      : {
          ...status,
          ready: false,
          started: false,
          state: {
            terminated: {
              exitCode: lostExitCode,
              reason: lostReason,
              message: 'The container could not be located when the pod was terminated',
              finishedAt: now,
              ...(status.state.running?.startedAt === undefined ? {} : { startedAt: status.state.running.startedAt }),
            },
          },
        },
  );
}

function toApiState(state: ContainerState, messageBytes: number): ApiContainerState {
  const cut = (message: string | undefined) => (message === undefined ? undefined : cutToBytes(message, messageBytes));
  if (state.waiting !== undefined) {
    const { reason, message } = state.waiting;
    return { waiting: { ...optional('reason', reason), ...optional('message', cut(message)) } };
  }
  if (state.running !== undefined)
    return { running: { startedAt: wholeSeconds(state.running.startedAt) ?? null } as { startedAt: string } };
  if (state.terminated === undefined) return {};
  const { exitCode, signal, reason, message, containerID, startedAt, finishedAt } = state.terminated;
  return {
    terminated: {
      exitCode,
      ...(signal === undefined || signal === 0 ? {} : { signal }),
      // kubectl and workflow tools rely on there being one; v1 plugins give none.
      reason: reason === undefined || reason === '' ? defaultReason(exitCode) : reason,
      ...optional('message', cut(message)),
      ...optional('containerID', containerID),
      startedAt: wholeSeconds(startedAt) ?? (neverRan.has(reason) ? epoch : null),
      finishedAt: wholeSeconds(finishedAt) ?? null,
    } as { exitCode: number; startedAt: string; finishedAt: string },
  };
}

/** Reasons of containers that the runtime could not start, containerd's and Docker's. */
const neverRan: ReadonlySet<string | undefined> = new Set(['StartError', 'ContainerCannotRun']);
/** What a kubelet writes of those with containerd, which tells no start (https://github.com/kubernetes/kubernetes/issues/120331). */
const epoch = '1970-01-01T00:00:00Z';

function defaultReason(exitCode: number): string {
  return exitCode === 0 ? 'Completed' : 'Error';
}

/** The API leaves out what is empty. */
function optional<K extends string>(key: K, value: string | null | undefined): { [key in K]?: string } {
  return value == null || value === '' ? {} : ({ [key]: value } as { [key in K]: string });
}

/** RFC 3339 without fractions, in UTC: what the Kubernetes API keeps of a time. Rounded down, never up. */
export function wholeSeconds(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  // Its zone may have moved it out of the years that RFC 3339 has.
  const text = Number.isNaN(ms) ? undefined : /^\d{4}-.{14}/.exec(new Date(ms).toISOString())?.[0];
  return text === undefined ? undefined : `${text}Z`;
}
