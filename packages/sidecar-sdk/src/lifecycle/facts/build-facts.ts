import { type Container, type ContainerKind, initContainerKind, type Pod } from '@interlink/protocol';
import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { AttemptFacts, ContainerFacts, Health, PodFacts, Problem } from './pod-facts.ts';

/** What this process knows of a pod beyond its runtime. All of it may be lost at any moment. */
export interface Knowledge {
  /** By container. */
  problemOf(container: string): Problem | undefined;
  /** Why the volumes could not be written; `prepared`: they are there. */
  readonly preparation: 'prepared' | 'due' | Problem;
  readonly sandboxRetryAtMs: number | undefined;
  readonly overdueSinceMs?: number | undefined;
  postStartOf(attempt: Attempt): AttemptFacts['postStart'];
  healthOf(attempt: Attempt, spec: Container): Health;
  /** An attempt that was there and is not any more, as it counts from now on. */
  lostOf(container: string): Attempt | undefined;
}

export function buildFacts(runtime: RuntimePod, known: Knowledge): PodFacts {
  const { preparation } = known;
  return {
    runtime,
    containers: declared(runtime.pod).map(({ kind, spec }) => toContainer(kind, spec, runtime, known)),
    ...(preparation === 'prepared' ? {} : { preparing: { problem: preparation === 'due' ? undefined : preparation } }),
    sandboxRetryAtMs: known.sandboxRetryAtMs,
    overdueSinceMs: known.overdueSinceMs,
  };
}

/** All containers of a pod's spec, in the order of {@link PodFacts.containers}. */
export function declared({ spec }: Pod): Array<{ kind: ContainerKind; spec: Container }> {
  const of = (kind: ContainerKind) => (container: Container) => ({ kind, spec: container });
  return [
    ...(spec.initContainers ?? []).map((init) => of(initContainerKind(init))(init)),
    ...spec.containers.map(of('container')),
    ...(spec.ephemeralContainers ?? []).map(of('ephemeral')),
  ];
}

function toContainer(kind: ContainerKind, spec: Container, runtime: RuntimePod, known: Knowledge): ContainerFacts {
  const lost = known.lostOf(spec.name);
  const there = runtime.attempts.filter(({ container }) => container === spec.name);
  const attempts = [
    ...there.map((attempt) => ({ attempt, isLost: false })),
    ...(lost === undefined || there.some(({ number }) => number === lost.number)
      ? []
      : [{ attempt: lost, isLost: true }]),
  ];
  return {
    kind,
    spec,
    attempts: attempts
      .toSorted((a, b) => b.attempt.number - a.attempt.number)
      .map(({ attempt, isLost }) => ({
        ...attempt,
        postStart: known.postStartOf(attempt),
        health: known.healthOf(attempt, spec),
        isLost,
      })),
    problem: known.problemOf(spec.name),
  };
}
