import type { Clock } from '../clock.ts';

/** When every simulation begins. */
export const startMs = Date.parse('2027-01-01T00:00:00Z');

/** RFC 3339, so many seconds after {@link startMs}. */
export function at(seconds: number): string {
  return new Date(startMs + seconds * 1_000).toISOString();
}

interface Timer {
  readonly atMs: number;
  readonly task: () => void;
}

/** Time that passes only when a test says so. */
export class SimulatedClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs = startMs;

  now(): number {
    return this.#nowMs;
  }

  /** Seconds since {@link startMs}. */
  get seconds(): number {
    return (this.#nowMs - startMs) / 1_000;
  }

  setTimer(ms: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass: what falls due is done in order, each at its time, and all that waits for it goes on before the next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let next = this.#first(endMs); next !== undefined; next = this.#first(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = next.atMs;
      next.task();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #first(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= untilMs && (first === undefined || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }
}

/** Resolves when all that waits for nothing but other promises has gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
