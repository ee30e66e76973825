import type { Container } from '@interlink/protocol';
import type { Clock } from '../clock.ts';
import type { Attempt } from '../container-runtime.ts';
import type { CareSubject, ContainerCare } from '../engine/container-care.ts';
import { type Health, healthy } from '../facts/pod-facts.ts';
import type { HookKind, HookOutcome } from '../hooks/run-hook.ts';
import { nameOf } from './simulated-engine.ts';

/** A hook that takes some time, and may fail. */
export interface ScriptedHook {
  readonly seconds: number;
  readonly error?: string;
}

export class CareScript {
  /** Hooks by `preStop main`; one that is not here ends at once. */
  readonly hooks = new Map<string, ScriptedHook>();
  /** What probes find, by `main/0`; all is well with those that are not here. */
  readonly health = new Map<string, Health>();
}

/** Probes that find what a test says, and hooks that follow a script. */
export class SimulatedCare implements ContainerCare {
  /** Attempts that are probed: `main/0`. */
  readonly watched = new Set<string>();
  readonly #script: CareScript;
  readonly #clock: Clock;
  readonly #note: (what: string) => void;

  constructor(script: CareScript, clock: Clock, note: (what: string) => void) {
    this.#script = script;
    this.#clock = clock;
    this.#note = note;
  }

  watch({ attempt }: CareSubject): void {
    this.watched.add(nameOf(attempt));
  }

  unwatch(attempt: Attempt): void {
    this.watched.delete(nameOf(attempt));
  }

  healthOf(attempt: Attempt, spec: Container, isOurs: boolean): Health {
    const isUnprobed = isOurs && !this.watched.has(nameOf(attempt));
    if (isUnprobed && spec.startupProbe !== undefined) return { started: false, ready: false };
    return this.#script.health.get(nameOf(attempt)) ?? healthy;
  }

  async runHook(kind: HookKind, { attempt }: CareSubject, signal: AbortSignal): Promise<HookOutcome> {
    const { container } = attempt;
    const { seconds, error } = this.#script.hooks.get(`${kind} ${container}`) ?? { seconds: 0 };
    this.#note(`${kind} ${nameOf(attempt)}`);
    const isOver = await new Promise<boolean>((resolve) => {
      const cancel = this.#clock.setTimer(seconds * 1_000, () => resolve(true));
      signal.addEventListener('abort', () => {
        cancel();
        resolve(false);
      });
    });
    if (!isOver) return { result: 'unfinished', message: '', events: [] };
    if (error === undefined) return { result: 'success', message: '', events: [] };
    const name = kind === 'postStart' ? 'PostStartHook' : 'PreStopHook';
    const event = { type: 'Warning', reason: `Failed${name}`, message: `${name} failed`, container } as const;
    return { result: 'failure', message: error, events: [event] };
  }
}
