import type { Clock } from '../clock.ts';
import type { Attempt } from '../container-runtime.ts';
import type { CareSubject, ContainerCare } from '../engine/container-care.ts';
import { type Health, healthy } from '../facts/pod-facts.ts';
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

  healthOf(attempt: Attempt): Health {
    return this.#script.health.get(nameOf(attempt)) ?? healthy;
  }

  async runHook(which: 'postStart' | 'preStop', { attempt }: CareSubject, signal: AbortSignal): Promise<void> {
    const { seconds, error } = this.#script.hooks.get(`${which} ${attempt.container}`) ?? { seconds: 0 };
    this.#note(`${which} ${nameOf(attempt)}`);
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.setTimer(seconds * 1_000, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
    });
    if (error !== undefined) throw new Error(error);
  }
}
