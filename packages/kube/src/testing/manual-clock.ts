import type { StartTimer } from '../queue/work-queue.ts';

/** A clock for tests: time passes only in `advance`, which fires the timers that fall due, in order. */
export class ManualClock {
  #nowMs = 0;
  readonly #timers = new Set<{ dueAt: number; fire: () => void }>();

  readonly now = (): number => this.#nowMs;

  readonly startTimer: StartTimer = (fire, ms) => {
    const timer = { dueAt: this.#nowMs + ms, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` milliseconds pass, then lets promises settle. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueAt }) => dueAt <= until).sort((a, b) => a.dueAt - b.dueAt);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = next.dueAt;
      next.fire();
      await settle();
    }
    this.#nowMs = until;
    await settle();
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
