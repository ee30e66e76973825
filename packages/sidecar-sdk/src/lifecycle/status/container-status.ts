import { type ContainerState, type ContainerStatus, isRestarted } from '@interlink/protocol';
import type { Ending } from '../container-runtime.ts';
import { blockingInit, dueRestart, hasSucceeded } from '../decide/container-progress.ts';
import { pullErrorShownMs } from '../decide/next-steps.ts';
import type { PodEnd } from '../decide/pod-end.ts';
import { type AttemptFacts, type ContainerFacts, endingOf, newest, type PodFacts, shown } from '../facts/pod-facts.ts';
import { goDuration } from './go-duration.ts';
import { isPullFailure, toPullBackOff } from './image-reasons.ts';
import { initForgotten, neverRan } from './kubelet-words.ts';

type Waiting = NonNullable<ContainerState['waiting']>;

export interface StatusContext {
  readonly facts: PodFacts;
  readonly nowMs: number;
  /** Why the pod comes to its end: nothing of it is restarted. */
  readonly end: PodEnd['cause'] | undefined;
  /** And nothing of it runs any more. */
  readonly isAtRest: boolean;
}

/** A container as Kubernetes shows it: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-states */
export function toContainerStatus(container: ContainerFacts, context: StatusContext): ContainerStatus {
  const attempt = shown(container);
  const state = toState(container, attempt, context);
  const previous = previousAttempt(container, context);
  const made = attempt ?? newest(container);
  return {
    name: container.spec.name,
    state,
    ...(previous === undefined ? {} : { lastState: { terminated: toTerminated(previous) } }),
    ready: isReady(container, attempt, state, context),
    started: state.running !== undefined && isStarted(attempt),
    restartCount: attempt?.number ?? 0,
    image: made?.image ?? container.spec.image ?? '',
    imageID: made?.imageId ?? '',
    ...(made === undefined ? {} : { containerID: made.id }),
  };
}

/** The attempt that `lastState` tells of and whose log is the previous one: it has ended, and another has followed or will. */
export function previousAttempt(container: ContainerFacts, context: StatusContext): AttemptFacts | undefined {
  const attempt = shown(container);
  if (attempt === undefined) return undefined;
  if (endingOf(attempt) !== undefined && isWaiting(container, attempt, context)) return attempt;
  const before = container.attempts[container.attempts.indexOf(attempt) + 1];
  return endingOf(before) === undefined ? undefined : before;
}

function toState(container: ContainerFacts, attempt: AttemptFacts | undefined, context: StatusContext): ContainerState {
  if (attempt === undefined) return notStarted(container, context);
  const { state } = attempt;
  if (state.kind === 'running') {
    // The first waits for its hook; one that follows another would count as ended if it waited.
    if (attempt.postStart !== 'done' && previousAttempt(container, context) === undefined)
      return { waiting: creating(container, context) };
    return { running: { startedAt: state.startedAt } };
  }
  const ending = endingOf(attempt);
  if (isBeingReplaced(container, attempt, context))
    return { running: ending?.startedAt ? { startedAt: ending.startedAt } : {} };
  if (isWaiting(container, attempt, context)) return { waiting: toBackOff(container, ending, context) };
  return { terminated: toTerminated(attempt) };
}

function notStarted(container: ContainerFacts, context: StatusContext): ContainerState {
  if (hasSucceededUnseen(container, context.facts)) return { terminated: initForgotten };
  if (isLeaving(context) && context.isAtRest) return { terminated: neverRan(context.facts.runtime.acceptedAt) };
  return { waiting: toProblem(container, context.nowMs) ?? creating(container, context) };
}

function hasSucceededUnseen(container: ContainerFacts, facts: PodFacts): boolean {
  return container.kind === 'init' && container.attempts.length === 0 && hasSucceeded(facts, container);
}

/** It will run again, but not at once; a container whose restart is due shows its end until it runs. */
function isWaiting(container: ContainerFacts, attempt: AttemptFacts, context: StatusContext): boolean {
  const { problem } = container;
  if (context.end !== undefined || isBeingReplaced(container, attempt, context)) return false;
  // Its successor is there, and can't be started.
  if (attempt !== newest(container)) return problem !== undefined && newest(container)?.state.kind === 'created';
  const restart = dueRestart(context.facts, container);
  return restart !== undefined && (restart.delayMs > 0 || problem !== undefined);
}

/** Its end is none of the pod's: another attempt takes its place although no policy asks for it. */
function isBeingReplaced(container: ContainerFacts, attempt: AttemptFacts, { facts, end }: StatusContext): boolean {
  const ending = endingOf(attempt);
  if (end !== undefined || ending === undefined || newest(container)?.state.kind !== 'created') return false;
  return !isRestarted(container.kind, container.spec, facts.runtime.pod.spec.restartPolicy, ending.exitCode);
}

/** The pod is on its way out, and not by having done its work. */
function isLeaving({ end }: StatusContext): boolean {
  return end !== undefined && end !== 'finished';
}

function toBackOff(container: ContainerFacts, ending: Ending | undefined, { facts, nowMs }: StatusContext): Waiting {
  const problem = toProblem(container, nowMs);
  if (problem !== undefined) return problem;
  if (ending?.reason === 'StartError') return { reason: 'RunContainerError', message: ending.message ?? '' };
  const { namespace, name, uid } = facts.runtime.pod.metadata;
  const delay = goDuration(dueRestart(facts, container)?.delayMs ?? 0);
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${delay} restarting failed container=${container.spec.name} pod=${name}_${namespace}(${uid})`,
  };
}

function toProblem({ problem, spec }: ContainerFacts, nowMs: number): Waiting | undefined {
  if (problem === undefined) return undefined;
  const { reason, message, failedAtMs } = problem;
  if (!isPullFailure(reason) || nowMs < failedAtMs + pullErrorShownMs) return { reason, message };
  return toPullBackOff(spec.image ?? '', reason, message);
}

function creating(container: ContainerFacts, { facts }: StatusContext): Waiting {
  const blocking = blockingInit(facts);
  const isLater = blocking !== undefined && blocking !== container && container.kind !== 'ephemeral';
  return { reason: isLater ? 'PodInitializing' : 'ContainerCreating' };
}

/** An init container is ready once it has succeeded. */
function isReady(
  { kind }: ContainerFacts,
  attempt: AttemptFacts | undefined,
  state: ContainerState,
  context: StatusContext,
): boolean {
  if (kind === 'ephemeral') return false;
  if (kind === 'init') return state.terminated?.exitCode === 0;
  if (isLeaving(context) || state.running === undefined || attempt?.state.kind !== 'running') return false;
  return isStarted(attempt) && attempt.health.ready;
}

function isStarted(attempt: AttemptFacts | undefined): boolean {
  return attempt?.postStart === 'done' && attempt.health.started;
}

function toTerminated(attempt: AttemptFacts): NonNullable<ContainerState['terminated']> {
  const ending = endingOf(attempt);
  if (ending === undefined) throw new TypeError(`attempt ${attempt.id} has not ended`);
  return {
    ...ending,
    reason: ending.reason ?? (ending.exitCode === 0 ? 'Completed' : 'Error'),
    containerID: attempt.id,
  };
}
