import { type ContainerFacts, canBeMade, ofKind, type PodFacts } from '../facts/pod-facts.ts';
import { isPullFailure } from '../status/image-reasons.ts';
import { blockingInit, hasSucceeded } from './container-progress.ts';
import { containerSteps, forgottenAttempts, whenDue } from './container-steps.ts';
import { endSteps } from './end-steps.ts';
import { deadlineAtMs, podEnd } from './pod-end.ts';
import { joinPlans, nothingToDo, type Plan, type Step } from './step.ts';

/** How long `ErrImagePull` is shown before it is called a back-off, as the kubelet's next look would. */
export const pullErrorShownMs = 2_000;

/**
 * What is to be done for a pod now. Doing it and reading the facts again leads, in the end, to a plan without steps. Whoever asks again
 * gets the same answer until the facts have changed, so that it can be asked after every event and by every new process.
 */
export function nextSteps(facts: PodFacts, nowMs: number): Plan {
  const end = podEnd(facts, nowMs);
  if (end !== undefined) return endSteps(facts, end, nowMs);
  const forgotten = facts.containers.flatMap(forgottenAttempts);
  return joinPlans([
    {
      steps: forgotten.map((attempt): Step => ({ do: 'removeAttempt', attempt })),
      wakeAtMs: deadlineAtMs(facts.runtime),
    },
    sandboxPlan(facts, nowMs),
    makingPlan(facts, nowMs),
    ...(facts.runtime.sandbox === 'ready'
      ? startable(facts).map((container) => containerSteps(facts, container, nowMs))
      : []),
    { steps: [], wakeAtMs: backOffShownAtMs(facts, nowMs) },
  ]);
}

function sandboxPlan({ runtime, sandboxRetryAtMs = 0 }: PodFacts, nowMs: number): Plan {
  if (runtime.sandbox !== 'stopped') return nothingToDo;
  if (sandboxRetryAtMs > nowMs) return { steps: [], wakeAtMs: sandboxRetryAtMs };
  return { steps: [{ do: 'startSandbox' }], wakeAtMs: undefined };
}

/** The first attempts of all containers are made as soon as may be: their images are there when their turn comes. */
function makingPlan(facts: PodFacts, nowMs: number): Plan {
  const missing = facts.containers.filter((container) => isMissing(facts, container) && canBeMade(facts, container));
  if (missing.length === 0) return nothingToDo;
  if (facts.preparing !== undefined) {
    const { problem } = facts.preparing;
    if (problem !== undefined && problem.retryAtMs > nowMs) return { steps: [], wakeAtMs: problem.retryAtMs };
    return { steps: [{ do: 'prepare' }], wakeAtMs: undefined };
  }
  return joinPlans(
    missing.map((container) =>
      whenDue(container, nowMs, { do: 'create', container: container.spec.name, attempt: 0, failuresBefore: 0 }),
    ),
  );
}

/** Its first attempt is still to be made. */
export function isMissing(facts: PodFacts, container: ContainerFacts): boolean {
  if (container.attempts.length > 0) return false;
  return !(container.kind === 'init' && hasSucceeded(facts, container));
}

/** Init containers one after another, then all containers; sidecar containers go on, ephemeral ones may start at any time. */
function startable(facts: PodFacts): ContainerFacts[] {
  const blocking = blockingInit(facts);
  const inits = ofKind(facts, 'init', 'sidecar');
  const reached = blocking === undefined ? inits.length : inits.indexOf(blocking);
  const sidecars = inits.slice(0, reached).filter(({ kind }) => kind === 'sidecar');
  const turn = blocking === undefined ? ofKind(facts, 'container') : [blocking];
  return [...sidecars, ...turn, ...ofKind(facts, 'ephemeral')];
}

/** When the next pull error is to be shown as a back-off. */
function backOffShownAtMs({ containers }: PodFacts, nowMs: number): number | undefined {
  const times = containers
    .filter(({ problem }) => problem !== undefined && isPullFailure(problem.reason))
    .map(({ problem }) => (problem?.failedAtMs ?? 0) + pullErrorShownMs)
    .filter((time) => time > nowMs);
  return times.length === 0 ? undefined : Math.min(...times);
}
