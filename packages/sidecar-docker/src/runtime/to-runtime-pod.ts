import type { Attempt, AttemptState, Container, RuntimePod, UnreadablePod } from '@interlink/sidecar-sdk';
import type { PodWork } from '../pods/pod-work.ts';
import type { EngineContainer } from '../status/engine-container.ts';
import { attemptsOf, failedToStart, isLeaving, type PodSnapshot } from '../status/pod-snapshot.ts';
import type { UnreadPod } from '../status/unread-pod.ts';

/** A pod at the engine as the lifecycle looks at it, with what updates have changed since it was created. */
export function toRuntimePod(snapshot: PodSnapshot, work: PodWork | undefined): RuntimePod {
  const { pod, sandbox, containers } = snapshot;
  const { owner, uid, namespace, name } = pod;
  const asWantedNow = (container: Container) => asWanted(container, containers, work);
  const { initContainers } = pod.spec;
  const deletion = isLeaving(snapshot) || work?.isLeaving === true ? { killAtMs: work?.killAtMs } : undefined;
  return {
    owner,
    pod: {
      metadata: { uid, namespace, name, generation: work?.generation ?? pod.generation },
      spec: {
        ...pod.spec,
        containers: pod.spec.containers.map(asWantedNow),
        ...(initContainers === undefined ? {} : { initContainers: initContainers.map(asWantedNow) }),
        ephemeralContainers: ephemeralContainers(containers, work),
        ...(work?.deadlineSeconds === undefined ? {} : { activeDeadlineSeconds: work.deadlineSeconds }),
      },
    },
    acceptedAt: sandbox?.createdAt ?? containers[0]?.createdAt ?? new Date(0).toISOString(),
    sandbox: toSandboxState(sandbox),
    sandboxSince: sandbox?.startedAt,
    ip: sandbox?.ip,
    deletion,
    failure: work?.eviction,
    hasRequest: work?.request !== undefined,
    requestedAlone: new Set(work?.debuggers.keys()),
    attempts: containers.map(toAttempt),
  };
}

export function toUnreadablePod({ pod, error }: UnreadPod): UnreadablePod {
  const { owner, uid, namespace, name, generation, spec } = pod;
  return { owner, pod: { metadata: { uid, namespace, name, generation }, spec }, unreadable: error };
}

/** Whether an update is remembered or not: what the newest attempt was made of is what was asked for last. */
function asWanted(spec: Container, made: ReadonlyArray<EngineContainer>, work: PodWork | undefined): Container {
  const image = work?.images.get(spec.name) ?? attemptsOf(made, spec.name)[0]?.labels.image ?? spec.image;
  return image === undefined ? spec : { ...spec, image };
}

function ephemeralContainers(containers: ReadonlyArray<EngineContainer>, work: PodWork | undefined): Container[] {
  const created = containers
    .filter(({ labels }) => labels.kind === 'ephemeral')
    .toSorted((a, b) => a.labels.position - b.labels.position)
    .flatMap(({ labels }) => labels.ephemeral ?? []);
  const known = new Set(created.map(({ name }) => name));
  return [...created, ...(work?.debuggers.values() ?? [])].filter(
    (container, place) => place < created.length || !known.has(container.name),
  );
}

function toSandboxState(sandbox: EngineContainer | undefined): RuntimePod['sandbox'] {
  switch (sandbox?.status) {
    case undefined:
      return 'lost';
    case 'running':
      return 'ready';
    case 'created':
    case 'exited':
      return 'stopped';
    default:
      return 'changing';
  }
}

export function toAttempt(container: EngineContainer): Attempt {
  const { labels, id } = container;
  return {
    container: labels.container,
    number: labels.attempt,
    failuresBefore: labels.failuresBefore,
    id: `docker://${id}`,
    image: labels.image,
    imageId: labels.imageId,
    state: toState(container),
  };
}

/** The engine's own id of an attempt. */
export function engineIdOf({ id }: Pick<Attempt, 'id'>): string {
  return id.replace(/^docker:\/\//, '');
}

/** The engine's exit code for a start that failed is 126 or 127; runtimes under a kubelet say 128. */
const startErrorCode = 128;
/** KILL, the signal of the kernel's out-of-memory killer. */
const killedCode = 137;

const lostWithMachine = {
  exitCode: killedCode,
  reason: 'ContainerStatusUnknown',
  message: 'The machine went down while the container ran',
};

function toState(container: EngineContainer): AttemptState {
  const { status, startedAt, createdAt, error, exitCode, wasOutOfMemory } = container;
  const finishedAt = container.finishedAt ?? createdAt;
  if (failedToStart(container)) {
    return { kind: 'ended', ending: { exitCode: startErrorCode, reason: 'StartError', message: error, finishedAt } };
  }
  if (startedAt === undefined) return { kind: 'created' };
  // Podman has set it back, after the machine has come up again: it ran, and nobody knows how it ended.
  if (status === 'created') return { kind: 'ended', ending: { ...lostWithMachine, startedAt, finishedAt } };
  if (status === 'running' || status === 'paused' || status === 'restarting') return { kind: 'running', startedAt };
  // A container that lost a child to the OOM killer and went on to end well has not been killed by it.
  const reason = wasOutOfMemory && exitCode === killedCode ? { reason: 'OOMKilled' } : {};
  return { kind: 'ended', ending: { exitCode, ...reason, startedAt, finishedAt } };
}
