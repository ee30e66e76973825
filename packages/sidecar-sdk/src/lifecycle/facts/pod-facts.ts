import type { Container, ContainerKind } from '@interlink/protocol';
import type { Attempt, Ending, RuntimePod } from '../container-runtime.ts';

/** What is known of a pod at one moment, by its runtime and by this process: the input of every decision and of the report. */
export interface PodFacts {
  readonly runtime: RuntimePod;
  /** Init containers in their order, then the containers, then the ephemeral ones. */
  readonly containers: ReadonlyArray<ContainerFacts>;
  /** The volumes are not written yet, and why, where that failed. */
  readonly preparing?: { readonly problem: Problem | undefined } | undefined;
  readonly sandboxRetryAtMs?: number | undefined;
  /** Since when this process has known that the pod's deadline has passed, milliseconds since the epoch. */
  readonly overdueSinceMs?: number | undefined;
}

export interface ContainerFacts {
  readonly kind: ContainerKind;
  readonly spec: Container;
  /** Newest first. */
  readonly attempts: ReadonlyArray<AttemptFacts>;
  /** Why its next attempt could not be made. */
  readonly problem: Problem | undefined;
}

/** An attempt, and what this process knows of it beyond the runtime. */
export interface AttemptFacts extends Attempt {
  /** Its `postStart` hook; `done` also where there is none, or where another process was to run it. */
  readonly postStart: 'due' | 'running' | 'done' | { readonly failedAtMs: number };
  readonly health: Health;
  /** It is not at the runtime any more, and nobody here removed it: this is how it was seen last. */
  readonly isLost: boolean;
}

/** What probes have found. Without a probe: started, ready, and nothing failed. */
export interface Health {
  readonly started: boolean;
  readonly ready: boolean;
  /** It ran before this process did, and has not been asked yet: it counts as it most likely is, and nothing new is built on that. */
  readonly isAssumed?: boolean | undefined;
  /** A liveness or startup probe has failed often enough. */
  readonly failure?: ProbeFailure | undefined;
}

export interface ProbeFailure {
  readonly probe: 'liveness' | 'startup';
  readonly failedAtMs: number;
  /** Of the probe, where it has one of its own. */
  readonly graceSeconds?: number | undefined;
}

/** Something that did not work and is tried again. */
export interface Problem {
  /** A waiting reason: `ErrImagePull`, `CreateContainerConfigError`. */
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly failedAtMs: number;
  readonly retryAtMs: number;
}

export const healthy: Health = { started: true, ready: true };

/** The newest attempt, made or under way. */
export function newest({ attempts }: ContainerFacts): AttemptFacts | undefined {
  return attempts[0];
}

/** The newest attempt that was ever started: the one that `kubectl get pod` shows. */
export function shown({ attempts }: ContainerFacts): AttemptFacts | undefined {
  return attempts.find(({ state }) => state.kind === 'running' || state.kind === 'ended');
}

/** The next attempt can be made: from the one before, or from the pod's request. */
export function canBeMade({ runtime }: PodFacts, container: ContainerFacts): boolean {
  const before = newest(container);
  if (before !== undefined && !before.isLost) return true;
  return runtime.hasRequest || runtime.requestedAlone?.has(container.spec.name) === true;
}

/** Something of it runs, or is about to. */
export function isLive({ state }: Attempt): boolean {
  return state.kind === 'running' || state.kind === 'starting';
}

export function endingOf(attempt: Attempt | undefined): Ending | undefined {
  return attempt?.state.kind === 'ended' ? attempt.state.ending : undefined;
}

/** Its start was once asked for, whatever has become of it. */
export function wasStarted({ attempts }: ContainerFacts): boolean {
  return attempts.some(({ state }) => state.kind !== 'created');
}

export function ofKind(facts: PodFacts, ...kinds: ContainerKind[]): ContainerFacts[] {
  return facts.containers.filter(({ kind }) => kinds.includes(kind));
}
