import type { Container, ContainerState, ContainerStatus, Pod, PodReport } from '@interlink/sidecar-sdk';
import type { PodScript } from './script.ts';

/** A pod that was created and does not run yet, or never will (`image-error`). */
export function waitingReport(pod: Pod, script: PodScript): PodReport {
  const message = script.imageError === undefined ? undefined : script.message;
  const first: ContainerState = {
    waiting: { reason: script.imageError ?? 'ContainerCreating', ...(message === undefined ? {} : { message }) },
  };
  const hasInit = (pod.spec.initContainers ?? []).length > 0;
  return toReport(pod, {
    init: (_, index) => (index === 0 ? first : blocked),
    main: hasInit ? blocked : first,
    status: script.queueReason === undefined ? {} : { queue: { state: 'PENDING', reason: script.queueReason } },
  });
}

/** A pod whose init containers have all ended well and whose containers run. @param startedAt RFC 3339 */
export function runningReport(pod: Pod, startedAt: string): PodReport {
  const running: ContainerState = { running: { startedAt } };
  const completed = ended({ exitCode: 0, startedAt, finishedAt: startedAt });
  return toReport(pod, {
    init: (container) => (isSidecar(container) ? running : completed),
    main: running,
    status: { startTime: startedAt },
  });
}

/** A pod whose first init container failed: nothing after it ever starts. */
export function failedInitReport(pod: Pod, ending: Ending): PodReport {
  return toReport(pod, {
    init: (_, index) => (index === 0 ? ended(ending) : blocked),
    main: blocked,
    status: { startTime: ending.finishedAt },
  });
}

/** How containers ended. Times are RFC 3339; without `startedAt` they never ran. */
export interface Ending {
  readonly exitCode: number;
  readonly startedAt: string | undefined;
  readonly finishedAt: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** The backend itself failed the pod, for this reason. */
  readonly podReason?: string | undefined;
}

export function endedReport(pod: Pod, ending: Ending): PodReport {
  const { startedAt, finishedAt, message, podReason } = ending;
  const completed = ended({ exitCode: 0, startedAt, finishedAt: startedAt ?? finishedAt });
  const sidecarEnded = ended({ exitCode: 0, startedAt, finishedAt });
  return toReport(pod, {
    init: (container) => (isSidecar(container) ? sidecarEnded : completed),
    main: ended(ending),
    status: {
      ...(startedAt === undefined ? {} : { startTime: startedAt }),
      ...(podReason === undefined ? {} : { phase: 'Failed', reason: podReason, message: message ?? '' }),
    },
  });
}

interface States {
  readonly init: (container: Container, index: number) => ContainerState;
  readonly main: ContainerState;
  readonly status: Partial<PodReport['status']>;
}

const blocked: ContainerState = { waiting: { reason: 'PodInitializing' } };

function toReport({ metadata, spec }: Pod, states: States): PodReport {
  const { uid, namespace, name } = metadata;
  const init = spec.initContainers?.map((container, index) => toStatus(uid, container, states.init(container, index)));
  const containerStatuses = spec.containers.map((container) => toStatus(uid, container, states.main));
  const status = {
    ...states.status,
    ...(init === undefined ? {} : { initContainerStatuses: init }),
    containerStatuses,
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  };
  return { uid, namespace, name, status };
}

export function toStatus(uid: string, container: Container, state: ContainerState): ContainerStatus {
  const isRunning = state.running !== undefined;
  const { resources } = container;
  return {
    name: container.name,
    state,
    ready: isRunning,
    started: isRunning,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
    ...(state.waiting === undefined ? { containerID: `mock://${uid}/${container.name}` } : {}),
    ...(resources === undefined ? {} : { resources }),
    ...(resources?.requests === undefined ? {} : { allocatedResources: resources.requests }),
  };
}

export function ended(ending: Ending): ContainerState {
  const { exitCode, startedAt, finishedAt, message } = ending;
  const reason = ending.reason ?? (exitCode === 0 ? 'Completed' : 'Error');
  return {
    terminated: {
      exitCode,
      reason,
      ...(message === undefined ? {} : { message }),
      ...(startedAt === undefined ? {} : { startedAt }),
      finishedAt,
    },
  };
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}
