import type { ContainerState as ApiContainerState, ContainerStatus as ApiContainerStatus } from '@interlink/kube';
import type { ContainerState, ContainerStatus } from '@interlink/protocol';

/** Characters of one container's message. */
const maxMessageLength = 4_096;

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

/** As the Kubernetes API stores it: whole seconds, `lastState` always there. Two statuses that the API can't tell apart come out equal. */
export function toApiContainerStatus(status: ContainerStatus): ApiContainerStatus {
  return {
    name: status.name,
    state: toApiState(status.state),
    lastState: toApiState(status.lastState ?? {}),
    ready: status.ready,
    restartCount: status.restartCount,
    image: status.image,
    imageID: status.imageID,
    started: status.started ?? status.state.running !== undefined,
    ...optional('containerID', status.containerID),
  };
}

/** A status that was written earlier, for a container of which the backend tells nothing any more. */
export function fromApiContainerStatus(status: ApiContainerStatus): ContainerStatus {
  const { name, state, lastState, ready, started, restartCount, image, imageID, containerID } = status;
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
  };
}

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
              exitCode: 137,
              reason: 'ContainerStatusUnknown',
              message: 'The container could not be located when the pod was terminated',
              finishedAt: now,
              ...(status.state.running?.startedAt === undefined ? {} : { startedAt: status.state.running.startedAt }),
            },
          },
        },
  );
}

function toApiState(state: ContainerState): ApiContainerState {
  if (state.waiting !== undefined) {
    const { reason, message } = state.waiting;
    return { waiting: { ...optional('reason', reason), ...optional('message', cutMessage(message)) } };
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
      ...optional('message', cutMessage(message)),
      ...optional('containerID', containerID),
      startedAt: wholeSeconds(startedAt) ?? null,
      finishedAt: wholeSeconds(finishedAt) ?? null,
    } as { exitCode: number; startedAt: string; finishedAt: string },
  };
}

function defaultReason(exitCode: number): string {
  return exitCode === 0 ? 'Completed' : 'Error';
}

/** The API leaves out what is empty. */
function optional<K extends string>(key: K, value: string | null | undefined): { [key in K]?: string } {
  return value == null || value === '' ? {} : ({ [key]: value } as { [key in K]: string });
}

/** As much as a kubelet keeps of a termination message. */
function cutMessage(message: string | undefined): string | undefined {
  return message?.slice(0, maxMessageLength);
}

/** RFC 3339 without fractions, in UTC: what the Kubernetes API keeps of a time. Rounded down, never up. */
export function wholeSeconds(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
