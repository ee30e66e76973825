import type { AttemptFacts } from '../facts/pod-facts.ts';

/** One thing to do for a pod. Each is harmless when it is under way already. */
export type Step =
  | { readonly do: 'startSandbox' }
  | { readonly do: 'prepare' }
  | {
      readonly do: 'create';
      readonly container: string;
      readonly attempt: number;
      /** Of the attempt to come. */
      readonly failuresBefore: number;
    }
  | { readonly do: 'start'; readonly attempt: AttemptFacts }
  | { readonly do: 'postStart'; readonly attempt: AttemptFacts }
  /** `preStop`, its stop signal, and KILL when there is no more time; asked again, it can only get shorter. */
  | { readonly do: 'stop'; readonly attempt: AttemptFacts; readonly killAtMs: number; readonly why: StopReason }
  | { readonly do: 'removeAttempt'; readonly attempt: AttemptFacts }
  | { readonly do: 'remove' };

/** Why an attempt is stopped: it decides what the event says. */
export type StopReason =
  | 'pod-ends'
  | 'liveness'
  | 'startup'
  | 'post-start'
  /** Another attempt, with another image, takes its place. */
  | 'replaced'
  /** The sandbox was started anew, and what ran in the old one has no network. */
  | 'sandbox-changed';

export interface Plan {
  readonly steps: ReadonlyArray<Step>;
  /** When to look again although nothing happens, milliseconds since the epoch. */
  readonly wakeAtMs: number | undefined;
}

export function earliest(...times: ReadonlyArray<number | undefined>): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

export function joinPlans(plans: ReadonlyArray<Plan>): Plan {
  return {
    steps: plans.flatMap(({ steps }) => steps),
    wakeAtMs: earliest(...plans.map(({ wakeAtMs }) => wakeAtMs)),
  };
}

export const nothingToDo: Plan = { steps: [], wakeAtMs: undefined };
