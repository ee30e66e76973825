import type { ContainerState, ContainerStatus, PodReport } from '@interlink/sidecar-sdk';
import type { OutlineEntry } from './identity/labels.ts';
import type { EngineContainer } from './status/engine-container.ts';
import {
  failedToStart,
  hasEnded,
  hasSucceeded,
  isLeaving,
  type PodSnapshot,
  type Slot,
} from './status/pod-snapshot.ts';
import type { Eviction } from './volumes/eviction-note.ts';

export type Waiting = NonNullable<ContainerState['waiting']>;
type Terminated = NonNullable<ContainerState['terminated']>;

/** What this process knows beyond the engine: why containers wait, by container name, and whether work is under way. */
export interface PodKnowledge {
  readonly problems: ReadonlyMap<string, Waiting>;
  /** Somebody here is creating the containers that are missing. */
  readonly isBeingCreated: boolean;
  /** Of the newest spec that is acted on; undefined: the one that the pod was created from. */
  readonly generation?: number | undefined;
  readonly resize?: PodReport['status']['resize'];
  /** This sidecar has ended the pod, and why. */
  readonly eviction?: Pick<Eviction, 'reason' | 'message'> | undefined;
  /** Ephemeral containers that were taken, and their images; they may not be created yet. */
  readonly debuggers?: ReadonlyMap<string, string>;
  /** Containers that are being replaced, as they were: their end is none of the pod's. */
  readonly replacing?: ReadonlyMap<string, ContainerStatus>;
}

/** For a pod that nobody here works on. */
export const nothingKnown: PodKnowledge = { problems: new Map(), isBeingCreated: false };

/**
 * A pod's state as the engine shows it, in Kubernetes' words.
 * Rules: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-states
 */
export function toPodReport(snapshot: PodSnapshot, known: PodKnowledge): PodReport {
  const { pod, sandbox, slots } = snapshot;
  const statuses = slots.map((slot, index) => ({
    kind: slot.entry.kind,
    status: toContainerStatus(slot, { snapshot, known, later: slots.slice(index + 1) }),
  }));
  const statusesOf = (kind: OutlineEntry['kind']): ContainerStatus[] =>
    statuses.filter((one) => one.kind === kind).map((one) => one.status);
  const init = statusesOf('init');
  const debuggers = [...statusesOf('ephemeral'), ...awaitedDebuggers(snapshot, known)];
  const generation = known.generation ?? pod.generation;
  const isIncomplete =
    !known.isBeingCreated &&
    sandbox !== undefined &&
    !isLeaving(snapshot) &&
    slots.some((slot, index) => slot.container === undefined && !hasSucceeded(slot, slots.slice(index + 1)));
  return {
    uid: pod.uid,
    namespace: pod.namespace,
    name: pod.name,
    status: {
      ...(sandbox === undefined ? sandboxLost : { startTime: sandbox.createdAt }),
      ...toFailure(known),
      ...(sandbox?.ip === undefined ? {} : { podIP: sandbox.ip }),
      ...(init.length === 0 ? {} : { initContainerStatuses: init }),
      containerStatuses: statusesOf('container').map((status) => known.replacing?.get(status.name) ?? status),
      ...(debuggers.length === 0 ? {} : { ephemeralContainerStatuses: debuggers }),
      ...(generation === 0 ? {} : { observedGeneration: generation }),
      ...(known.resize === undefined ? {} : { resize: known.resize }),
    },
    ...(isIncomplete ? { incomplete: true } : {}),
  };
}

function toFailure({ eviction }: PodKnowledge): Partial<PodReport['status']> {
  return eviction === undefined ? {} : { phase: 'Failed', reason: eviction.reason, message: eviction.message };
}

/** Somebody removed it behind our back: without its network the pod can't go on. */
const sandboxLost = {
  phase: 'Failed',
  reason: 'SandboxLost',
  message: "The pod's sandbox container was removed from the engine",
} as const;

/** Those whose image is on its way. */
function awaitedDebuggers(snapshot: PodSnapshot, known: PodKnowledge): ContainerStatus[] {
  const created = new Set(snapshot.slots.map(({ entry }) => entry.name));
  return [...(known.debuggers ?? [])]
    .filter(([name]) => !created.has(name))
    .map(([name, image]) => {
      const waiting = known.problems.get(name) ?? { reason: 'ContainerCreating' };
      const state = waitingUnlessLeaving(waiting, snapshot);
      return { name, state, ready: false, started: false, restartCount: 0, image, imageID: '' };
    });
}

export interface StatusContext {
  readonly snapshot: PodSnapshot;
  readonly known: PodKnowledge;
  readonly later: ReadonlyArray<Slot>;
}

export function toContainerStatus(slot: Slot, context: StatusContext): ContainerStatus {
  const { entry, container } = slot;
  const state = toState(slot, context);
  const isRunning = state.running !== undefined;
  const last = container === undefined ? undefined : toLastState(container, state);
  return {
    name: entry.name,
    state,
    ...(last === undefined ? {} : { lastState: last }),
    ready: isReady(slot, state, context),
    started: isRunning,
    restartCount: container === undefined ? 0 : toRestartCount(container),
    image: entry.image,
    imageID: container?.labels.imageId ?? '',
    ...(container === undefined ? {} : { containerID: toContainerId(container) }),
  };
}

/** Without probes a container is ready while it runs, an init container once it has succeeded. Nothing is ready that is to go. */
function isReady(slot: Slot, state: ContainerState, { snapshot }: StatusContext): boolean {
  if (slot.entry.kind === 'ephemeral') return false;
  if (slot.entry.kind === 'init') return state.terminated?.exitCode === 0;
  return state.running !== undefined && !isLeaving(snapshot);
}

function toState({ entry, container }: Slot, context: StatusContext): ContainerState {
  const { snapshot, known, later } = context;
  if (container === undefined) {
    if (hasSucceeded({ entry, container }, later)) return { terminated: initForgotten };
    return waitingUnlessLeaving(known.problems.get(entry.name) ?? defaultWaiting(snapshot), snapshot);
  }
  if (failedToStart(container)) {
    const { restartPolicy } = snapshot.pod;
    const isOnce = restartPolicy === 'Never' || entry.kind === 'ephemeral';
    if (isOnce || isLeaving(snapshot)) return { terminated: toTerminated(container) };
    return { waiting: { reason: 'RunContainerError', message: container.error } };
  }
  if (container.status === 'created') {
    return waitingUnlessLeaving(known.problems.get(entry.name) ?? defaultWaiting(snapshot), snapshot);
  }
  if (container.status === 'restarting') return { waiting: toCrashLoop(container, snapshot) };
  if (hasEnded(container)) return { terminated: toTerminated(container) };
  return { running: container.startedAt === undefined ? {} : { startedAt: container.startedAt } };
}

/** What the kubelet says of an init container that is gone while the pod runs. */
const initForgotten: Terminated = {
  exitCode: 0,
  reason: 'Completed',
  message:
    'Unable to get init container status from container runtime and pod has been initialized, treat it as exit normally',
};

/** A container that never ran and never will: the kubelet's words again. */
const neverRan: Terminated = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
};

function waitingUnlessLeaving(waiting: Waiting, snapshot: PodSnapshot): ContainerState {
  return isLeaving(snapshot) ? { terminated: neverRan } : { waiting };
}

function defaultWaiting({ slots }: PodSnapshot): Waiting {
  return { reason: slots.some(({ entry }) => entry.kind === 'init') ? 'PodInitializing' : 'ContainerCreating' };
}

function toCrashLoop({ labels: { container } }: EngineContainer, { pod }: PodSnapshot): Waiting {
  const message = `back-off restarting failed container=${container} pod=${pod.name}_${pod.namespace}(${pod.uid})`;
  return { reason: 'CrashLoopBackOff', message };
}

/** How it ended before, where the engine still tells: of a container that runs again it has forgotten the exit code. */
function toLastState(container: EngineContainer, state: ContainerState): ContainerState | undefined {
  const { last } = container.labels;
  const replaced = last === undefined ? undefined : { terminated: last };
  if (state.waiting === undefined) return replaced;
  if (failedToStart(container) || container.status === 'restarting') return { terminated: toTerminated(container) };
  return replaced;
}

/** The engine counts a restart when it decides on it, Kubernetes when it happens. */
function toRestartCount({ restartCount, status, labels }: EngineContainer): number {
  return labels.attempt + (status === 'restarting' ? Math.max(0, restartCount - 1) : restartCount);
}

/** The engine's exit code for a start that failed is 126 or 127; runtimes under a kubelet say 128. */
const startErrorCode = 128;
/** KILL, the signal of the kernel's out-of-memory killer. */
const killedCode = 137;

export function toTerminated(container: EngineContainer): Terminated {
  const { startedAt, finishedAt } = container;
  return {
    ...toOutcome(container),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    containerID: toContainerId(container),
  };
}

function toOutcome(container: EngineContainer): Terminated {
  const { exitCode } = container;
  if (failedToStart(container)) return { exitCode: startErrorCode, reason: 'StartError', message: container.error };
  // A container that lost a child to the OOM killer and went on to end well has not been killed by it.
  if (container.wasOutOfMemory && exitCode === killedCode) return { exitCode, reason: 'OOMKilled' };
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
}

function toContainerId({ id }: EngineContainer): string {
  return `docker://${id}`;
}
