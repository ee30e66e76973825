import type { StopOrder } from '../folder/pod-folder.ts';
import type { ProcessIdentity } from '../runner/records.ts';
import { blockingInit, dueRestart, isOver } from './container-policy.ts';
import {
  type Attempt,
  allContainers,
  type ContainerFacts,
  isLive,
  isSidecarContainer,
  type PodFacts,
} from './pod-facts.ts';

/** One thing to do for a pod. */
export type Step =
  /** Write an order and start a runner for it. */
  | { readonly do: 'start'; readonly container: string; readonly attempt: number; readonly failuresBefore: number }
  /** Start a runner for an order that none has taken. */
  | { readonly do: 'launch'; readonly container: string; readonly attempt: number }
  /** Take an order that must not be run any more. */
  | { readonly do: 'cancel'; readonly container: string; readonly attempt: number }
  /** Write down the end of an attempt whose runner is gone, and end what it left. */
  | {
      readonly do: 'bury';
      readonly container: string;
      readonly attempt: number;
      readonly group: ProcessIdentity | undefined;
    }
  | {
      readonly do: 'signal';
      readonly signal: 'SIGTERM' | 'SIGKILL';
      readonly group: ProcessIdentity;
      readonly container: string;
    }
  | { readonly do: 'stop'; readonly order: StopOrder }
  | { readonly do: 'remove' };

export interface Plan {
  readonly steps: ReadonlyArray<Step>;
  /** When to look again although nothing happens, milliseconds since the epoch. */
  readonly wakeAtMs: number | undefined;
}

const defaultGracePeriodSeconds = 30;

/** What is to be done for a pod now. Doing it and reading the facts again leads, in the end, to a plan without steps. */
export function nextSteps(facts: PodFacts, nowMs: number): Plan {
  const lost = allContainers(facts).flatMap(bury);
  if (lost.length > 0) return { steps: lost, wakeAtMs: undefined };
  if (facts.stop !== undefined) return stopSteps(facts, facts.stop, nowMs);

  const deadlineAtMs = deadlineOf(facts);
  const graceMs = (facts.pod.spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds) * 1_000;
  const stop = (cause: StopOrder['cause']): Plan => ({
    steps: [{ do: 'stop', order: { cause, orderedAtMs: nowMs, killAtMs: nowMs + graceMs } }],
    wakeAtMs: undefined,
  });
  const hasEnded = isFinished(facts);
  if (deadlineAtMs !== undefined && deadlineAtMs <= nowMs && !hasEnded) return stop('deadline');
  if (hasEnded) {
    const isSomethingLeft = allContainers(facts).some(({ latest }) => isLive(latest));
    return isSomethingLeft ? stop('finished') : { steps: [], wakeAtMs: undefined };
  }

  const plans = startable(facts).map((container) => startSteps(facts, container, nowMs));
  return {
    steps: plans.flatMap((plan) => plan.steps),
    wakeAtMs: earliest([...plans.map((plan) => plan.wakeAtMs), deadlineAtMs]),
  };
}

/** Nothing of the pod's own work is left to do: every container is over, or an init container failed for good. */
export function isFinished(facts: PodFacts): boolean {
  const blocking = blockingInit(facts);
  if (blocking !== undefined) return isOver(facts, blocking);
  return facts.containers.every((container) => isOver(facts, container));
}

/** Init containers one after another, then all containers; sidecar containers go on, ephemeral ones may start at any time. */
function startable(facts: PodFacts): ContainerFacts[] {
  const blocking = blockingInit(facts);
  const reached = blocking === undefined ? facts.initContainers.length : facts.initContainers.indexOf(blocking);
  const sidecars = facts.initContainers.slice(0, reached).filter(isSidecarContainer);
  const debuggers = facts.ephemeralContainers.filter(({ container }) => (container.command ?? []).length > 0);
  return [...sidecars, ...(blocking === undefined ? facts.containers : [blocking]), ...debuggers];
}

function startSteps(facts: PodFacts, facade: ContainerFacts, nowMs: number): Plan {
  const { container, latest } = facade;
  const { name } = container;
  if (latest === undefined) {
    return { steps: [{ do: 'start', container: name, attempt: 0, failuresBefore: 0 }], wakeAtMs: undefined };
  }
  if (latest.state.kind === 'ordered') {
    return { steps: [{ do: 'launch', container: name, attempt: latest.number }], wakeAtMs: undefined };
  }
  const restart = dueRestart(facts, facade);
  if (restart === undefined) return { steps: [], wakeAtMs: undefined };
  if (restart.atMs > nowMs) return { steps: [], wakeAtMs: restart.atMs };
  const { failuresBefore } = restart;
  return { steps: [{ do: 'start', container: name, attempt: latest.number + 1, failuresBefore }], wakeAtMs: undefined };
}

function stopSteps(facts: PodFacts, stop: StopOrder, nowMs: number): Plan {
  const live = allContainers(facts).filter(({ latest }) => isLive(latest));
  if (live.length === 0) return { steps: stop.cause === 'deleted' ? [{ do: 'remove' }] : [], wakeAtMs: undefined };
  const isOverdue = stop.killAtMs <= nowMs;
  return {
    steps: live.flatMap(({ container, latest }) => endSteps(container.name, latest, isOverdue)),
    wakeAtMs: isOverdue ? undefined : stop.killAtMs,
  };
}

function endSteps(container: string, attempt: Attempt | undefined, isOverdue: boolean): Step[] {
  switch (attempt?.state.kind) {
    case 'ordered':
      return [{ do: 'cancel', container, attempt: attempt.number }];
    case 'starting':
      return isOverdue ? [{ do: 'signal', signal: 'SIGKILL', group: attempt.state.runner, container }] : [];
    case 'running':
      return [
        { do: 'signal', signal: isOverdue ? 'SIGKILL' : 'SIGTERM', group: attempt.state.child.process, container },
      ];
    default:
      return [];
  }
}

function bury({ container, latest }: ContainerFacts): Step[] {
  if (latest?.state.kind !== 'lost') return [];
  return [{ do: 'bury', container: container.name, attempt: latest.number, group: latest.state.child?.process }];
}

function deadlineOf(facts: PodFacts): number | undefined {
  const seconds = facts.pod.spec.activeDeadlineSeconds;
  return seconds === undefined ? undefined : Date.parse(facts.acceptedAt) + seconds * 1_000;
}

function earliest(times: ReadonlyArray<number | undefined>): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
