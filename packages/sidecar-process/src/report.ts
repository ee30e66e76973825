import type { ContainerState, ContainerStatus, PodReport, PodReportStatus } from '@interlink/sidecar-sdk';
import { blockingInit, dueRestart } from './decide/container-policy.ts';
import { type Attempt, allContainers, type ContainerFacts, isLive, type PodFacts } from './decide/pod-facts.ts';
import type { Ending } from './runner/records.ts';

/** A pod's facts as Kubernetes shows them. */
export function toReport(facts: PodFacts): PodReport {
  const { uid, namespace, name, generation } = facts.pod.metadata;
  const debuggers = facts.ephemeralContainers.map((container) => toStatus(facts, container));
  return {
    uid,
    namespace,
    name,
    status: {
      ...failure(facts),
      startTime: facts.acceptedAt,
      ...(facts.initContainers.length === 0
        ? {}
        : { initContainerStatuses: facts.initContainers.map((container) => toStatus(facts, container)) }),
      containerStatuses: facts.containers.map((container) => toStatus(facts, container)),
      ...(debuggers.length === 0 ? {} : { ephemeralContainerStatuses: debuggers }),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    },
  };
}

/** The attempt that `lastState` tells of and whose log is the previous one: the last that ended and was followed by another, or will be. */
export function previousAttempt(facts: PodFacts, container: ContainerFacts): Attempt | undefined {
  return isBackingOff(facts, container) ? container.latest : container.earlier;
}

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup */
function failure({ stop }: PodFacts): Partial<PodReportStatus> {
  if (stop?.cause !== 'deadline') return {};
  return {
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  };
}

function toStatus(facts: PodFacts, facade: ContainerFacts): ContainerStatus {
  const { container, latest } = facade;
  const state = toState(facts, facade);
  const previous = previousAttempt(facts, facade);
  const isRunning = state.running !== undefined;
  const id = (attempt: Attempt) => `process://${facts.pod.metadata.uid}/${container.name}/${attempt.number}`;
  return {
    name: container.name,
    state,
    ...(previous?.state.kind === 'ended' ? { lastState: { terminated: terminated(previous.state.ending) } } : {}),
    ready: isRunning,
    started: isRunning,
    restartCount: latest?.number ?? 0,
    image: container.image ?? '',
    imageID: '',
    ...(latest === undefined ? {} : { containerID: id(latest) }),
  };
}

function toState(facts: PodFacts, facade: ContainerFacts): ContainerState {
  const { latest } = facade;
  if (latest === undefined)
    return isStopped(facts) ? { terminated: neverRan(facts) } : { waiting: notStarted(facts, facade) };
  const { state } = latest;
  switch (state.kind) {
    case 'ordered':
    case 'starting':
      return { waiting: { reason: 'ContainerCreating' } };
    case 'running':
    case 'lost':
      return state.kind === 'running' || state.child !== undefined
        ? { running: { startedAt: state.child?.startedAt ?? facts.acceptedAt } }
        : { waiting: { reason: 'ContainerCreating' } };
    case 'ended':
      return isBackingOff(facts, facade)
        ? { waiting: backoff(facts, facade) }
        : { terminated: terminated(state.ending) };
  }
}

function terminated(ending: Ending): NonNullable<ContainerState['terminated']> {
  return { reason: ending.exitCode === 0 ? 'Completed' : 'Error', ...ending };
}

/** As the kubelet puts it for a container that it can't find at the pod's end. */
function neverRan({ acceptedAt }: PodFacts): NonNullable<ContainerState['terminated']> {
  return {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    finishedAt: acceptedAt,
  };
}

/** The pod is to end and has come to rest. */
function isStopped(facts: PodFacts): boolean {
  const { stop } = facts;
  if (stop === undefined || stop.cause === 'finished') return false;
  return !allContainers(facts).some(({ latest }) => isLive(latest));
}

function notStarted(facts: PodFacts, facade: ContainerFacts): NonNullable<ContainerState['waiting']> {
  if (facts.ephemeralContainers.includes(facade)) {
    if ((facade.container.command ?? []).length > 0) return { reason: 'ContainerCreating' };
    const message = "It has no command, and an image's own entrypoint is not known without the image";
    return { reason: 'CreateContainerError', message };
  }
  const blocking = blockingInit(facts);
  return { reason: blocking === undefined || blocking === facade ? 'ContainerCreating' : 'PodInitializing' };
}

function isBackingOff(facts: PodFacts, facade: ContainerFacts): boolean {
  return (dueRestart(facts, facade)?.delayMs ?? 0) > 0;
}

function backoff(facts: PodFacts, facade: ContainerFacts): NonNullable<ContainerState['waiting']> {
  const { namespace, name, uid } = facts.pod.metadata;
  const seconds = (dueRestart(facts, facade)?.delayMs ?? 0) / 1_000;
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${durationText(seconds)} restarting failed container=${facade.container.name} pod=${name}_${namespace}(${uid})`,
  };
}

/** As Go writes durations: `40s`, `1m20s`, `5m0s`. */
function durationText(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
