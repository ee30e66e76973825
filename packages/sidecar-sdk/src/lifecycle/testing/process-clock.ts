import type { Clock } from '../clock.ts';

/** The clock of one process: with it go its timers. */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();
  #isDead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(ms: number, task: () => void): () => void {
    if (this.#isDead) return () => undefined;
    const cancelTimer = this.#clock.setTimer(ms, () => {
      this.#timers.delete(cancel);
      task();
    });
    const cancel = () => {
      this.#timers.delete(cancel);
      cancelTimer();
    };
    this.#timers.add(cancel);
    return cancel;
  }

  die(): void {
    this.#isDead = true;
    for (const cancel of this.#timers) cancel();
  }
}
