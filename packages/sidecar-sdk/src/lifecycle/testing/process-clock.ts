import type { Clock } from '../clock.ts';

/** The clock of one process: with it go its timers. */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();

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
    for (const cancel of this.#timers) cancel();
  }
}
