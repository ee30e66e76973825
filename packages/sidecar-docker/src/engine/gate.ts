interface Waiter {
  readonly priority: number;
  readonly enter: () => void;
}

/**
 * Lets a bounded number of tasks run at a time. Of those that wait, the highest priority goes first, then who came first:
 * pods that are half up are finished before new ones are begun.
 */
export class Gate {
  readonly #limit: number;
  readonly #patienceMs: number | undefined;
  readonly #waiters: Waiter[] = [];
  #running = 0;

  /** @param patienceMs a task that takes longer goes on beside the others, uncounted. Default: its place is its own until it ends */
  constructor(limit: number, patienceMs?: number) {
    this.#limit = limit;
    this.#patienceMs = patienceMs;
  }

  async run<T>(priority: number, task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) {
      await new Promise<void>((enter) => {
        const behind = this.#waiters.findIndex((waiter) => waiter.priority < priority);
        this.#waiters.splice(behind === -1 ? this.#waiters.length : behind, 0, { priority, enter });
      });
    } else {
      this.#running += 1;
    }
    let hasPlace = true;
    const leave = () => {
      if (!hasPlace) return;
      hasPlace = false;
      this.#handOver();
    };
    const timer = this.#patienceMs === undefined ? undefined : setTimeout(leave, this.#patienceMs);
    try {
      return await task();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  /** Nobody can slip in between. */
  #handOver(): void {
    const next = this.#waiters.shift();
    if (next === undefined) this.#running -= 1;
    else next.enter();
  }
}
