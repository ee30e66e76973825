import type { Container } from '@interlink/protocol';
import {
  type AttemptFacts,
  type ContainerFacts,
  canBeMade,
  isLive,
  newest,
  type PodFacts,
} from '../facts/pod-facts.ts';
import { dueRestart } from './container-progress.ts';
import { graceMs } from './pod-end.ts';
import { nothingToDo, type Plan, type Step } from './step.ts';

/** What one container needs whose turn it is to run. */
export function containerSteps(facts: PodFacts, container: ContainerFacts, nowMs: number): Plan {
  const attempt = newest(container);
  switch (attempt?.state.kind) {
    case 'created':
      return startSteps(facts, container, attempt, nowMs);
    case 'running':
      return runningSteps(facts, container, attempt, nowMs);
    case 'ended':
      return restartSteps(facts, container, attempt, nowMs);
    default:
      return nothingToDo;
  }
}

/** One attempt runs at a time: where another image takes its place, the old one ends first. */
function startSteps(facts: PodFacts, container: ContainerFacts, attempt: AttemptFacts, nowMs: number): Plan {
  const old = container.attempts.filter((other) => other !== attempt && isLive(other));
  if (old.length > 0) {
    const killAtMs = nowMs + graceMs(facts.runtime.pod);
    return {
      steps: old
        .filter(({ state }) => state.kind === 'running')
        .map((other) => ({ do: 'stop', attempt: other, killAtMs, why: 'replaced' })),
      wakeAtMs: undefined,
    };
  }
  return isOutdated(container.spec, container, attempt)
    ? whenDue(container, nowMs, replacementOf(attempt))
    : whenDue(container, nowMs, { do: 'start', attempt });
}

function runningSteps(facts: PodFacts, container: ContainerFacts, attempt: AttemptFacts, nowMs: number): Plan {
  const { pod, sandboxSince } = facts.runtime;
  const stop = (why: (Step & { do: 'stop' })['why'], killAtMs: number): Plan => ({
    steps: [{ do: 'stop', attempt, killAtMs, why }],
    wakeAtMs: undefined,
  });
  const { health, postStart } = attempt;
  if (typeof postStart === 'object') return stop('post-start', postStart.failedAtMs + graceMs(pod));
  if (health.failure !== undefined) {
    const { probe, failedAtMs, graceSeconds } = health.failure;
    return stop(probe, failedAtMs + (graceSeconds === undefined ? graceMs(pod) : graceSeconds * 1_000));
  }
  if (isOlder(attempt, sandboxSince)) return stop('sandbox-changed', nowMs + graceMs(pod));
  if (postStart === 'due') return { steps: [{ do: 'postStart', attempt }], wakeAtMs: undefined };
  // An init container that has begun goes on: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#pod-restart-reasons
  if (container.kind === 'init' || !isOutdated(container.spec, container, attempt)) return nothingToDo;
  return whenDue(container, nowMs, replacementOf(attempt));
}

/** With the image that the pod has now. */
function replacementOf({ container, number }: AttemptFacts): Step {
  return { do: 'create', container, attempt: number + 1, failuresBefore: 0 };
}

/** How soon it is looked again at an end that is still to come. */
const wrongClockMs = 10_000;

function restartSteps(facts: PodFacts, container: ContainerFacts, attempt: AttemptFacts, nowMs: number): Plan {
  const restart = dueRestart(facts, container);
  if (restart === undefined || !canBeMade(facts, container)) return nothingToDo;
  if (restart.atMs > nowMs) {
    // Our clock may be behind that of whoever wrote the end down, and be put right.
    const againMs = nowMs + Math.max(restart.delayMs, wrongClockMs);
    return { steps: [], wakeAtMs: Math.min(restart.atMs, againMs) };
  }
  const { failuresBefore } = restart;
  const { name } = container.spec;
  return whenDue(container, nowMs, { do: 'create', container: name, attempt: attempt.number + 1, failuresBefore });
}

/** After something went wrong, not before the back-off is over. */
export function whenDue({ problem }: ContainerFacts, nowMs: number, step: Step): Plan {
  if (problem === undefined || problem.retryAtMs <= nowMs) return { steps: [step], wakeAtMs: undefined };
  return { steps: [], wakeAtMs: problem.retryAtMs };
}

/** Attempts that nobody asks for any more: `kubectl logs --previous` shows the one before the newest that ran. */
export function forgottenAttempts({ attempts }: ContainerFacts): AttemptFacts[] {
  const place = attempts.findIndex(({ state }) => state.kind !== 'created');
  return place < 0 ? [] : attempts.slice(place + 2).filter((attempt) => !isLive(attempt) && !attempt.isLost);
}

/** The pod's image is another one now. */
function isOutdated({ image }: Container, { kind }: ContainerFacts, attempt: AttemptFacts): boolean {
  return kind !== 'ephemeral' && image !== undefined && image !== attempt.image;
}

/** Times are whole seconds: only a container that surely was there before lost its network. */
function isOlder({ state }: AttemptFacts, sandboxSince: string | undefined): boolean {
  if (sandboxSince === undefined || state.kind !== 'running') return false;
  return Date.parse(state.startedAt) < Date.parse(sandboxSince);
}
