import type { Pod } from '@interlink/protocol';
import type { AttemptState, Ending, RuntimePod } from '../container-runtime.ts';
import { nextSteps } from '../decide/next-steps.ts';
import type { Step } from '../decide/step.ts';
import { buildFacts, declared } from '../facts/build-facts.ts';
import { type AttemptFacts, healthy, type PodFacts, type Problem } from '../facts/pod-facts.ts';
import { podOf } from './pods.ts';
import { at, startMs } from './simulated-clock.ts';
import { nameOf } from './simulated-engine.ts';
import { owner } from './simulated-pod.ts';

/** An attempt, and where it is not the ordinary one, what is known of it. */
export interface GivenAttempt extends Partial<Omit<AttemptFacts, 'state'>> {
  readonly state: AttemptState;
}

export interface Given {
  readonly spec?: Partial<Pod['spec']>;
  /** By container, the oldest first. Those that are not here have none. */
  readonly attempts?: Readonly<Record<string, ReadonlyArray<GivenAttempt>>>;
  /** By container. */
  readonly problems?: Readonly<Record<string, Problem>>;
  readonly runtime?: Partial<RuntimePod>;
  /** Default: the volumes are there. */
  readonly preparation?: 'due' | Problem;
  readonly sandboxRetryAtMs?: number;
  readonly overdueSinceMs?: number;
}

/** The facts of a pod with its sandbox, seen at any time; whatever a test does not give is well. */
export function factsOf({
  spec,
  attempts = {},
  problems = {},
  runtime,
  preparation,
  sandboxRetryAtMs,
  overdueSinceMs,
}: Given): PodFacts {
  const pod = podOf(spec);
  const specs = new Map(declared(pod).map((each) => [each.spec.name, each.spec]));
  const all = Object.entries(attempts).flatMap(([container, of]) =>
    of.map((given, number): AttemptFacts => {
      const id = `simulated://${container}/${number}`;
      const image = specs.get(container)?.image ?? '';
      const rest = { number, failuresBefore: 0, id, image, imageId: '', postStart: 'done' as const, isLost: false };
      return { ...rest, container, health: healthy, ...given };
    }),
  );
  const byId = new Map(all.map((attempt) => [attempt.id, attempt]));
  const acceptedAt = at(0);
  return buildFacts(
    {
      owner,
      pod,
      acceptedAt,
      sandbox: 'ready',
      hasRequest: true,
      attempts: all.filter((each) => !each.isLost),
      ...runtime,
    },
    {
      problemOf: (container) => problems[container],
      preparation: preparation ?? 'prepared',
      sandboxRetryAtMs,
      overdueSinceMs,
      postStartOf: ({ id }) => byId.get(id)?.postStart ?? 'done',
      healthOf: ({ id }) => byId.get(id)?.health ?? healthy,
      lostOf: (container) => all.find((attempt) => attempt.container === container && attempt.isLost),
    },
  );
}

export const created: GivenAttempt = { state: { kind: 'created' } };
export const starting: GivenAttempt = { state: { kind: 'starting' } };
export const running: GivenAttempt = runningSince(0);

export function runningSince(seconds: number): GivenAttempt {
  return { state: { kind: 'running', startedAt: at(seconds) } };
}

/** One that ran from 0 s to 1 s, if nothing else is said. */
export function ended(exitCode: number, more: Partial<Ending> = {}): GivenAttempt {
  return { state: { kind: 'ended', ending: { exitCode, startedAt: at(0), finishedAt: at(1), ...more } } };
}

/** Something that failed at so many seconds, and is due again 10 s later. */
export function problemAt(seconds: number, reason = 'ErrImagePull', message = 'no such image'): Problem {
  const failedAtMs = startMs + seconds * 1_000;
  return { reason, message, failedAtMs, retryAtMs: failedAtMs + 10_000 };
}

/** What is decided at a time, each step in a line: `create main/0`, `stop main/0 until 31 for pod-ends`, and at last `look at 10`. */
export function planAt(seconds: number, given: Given): string[] {
  const { steps, wakeAtMs } = nextSteps(factsOf(given), startMs + seconds * 1_000);
  return [...steps.map(toLine), ...(wakeAtMs === undefined ? [] : [`look at ${(wakeAtMs - startMs) / 1_000}`])];
}

function toLine(step: Step): string {
  switch (step.do) {
    case 'create':
      return `create ${step.container}/${step.attempt}${step.failuresBefore > 0 ? ` after ${step.failuresBefore}` : ''}`;
    case 'stop':
      return `stop ${nameOf(step.attempt)} until ${(step.killAtMs - startMs) / 1_000} for ${step.why}`;
    case 'start':
    case 'postStart':
    case 'removeAttempt':
      return `${step.do} ${nameOf(step.attempt)}`;
    default:
      return step.do;
  }
}
