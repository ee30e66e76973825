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
  readonly #waiters: Waiter[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
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
    try {
      return await task();
    } finally {
      const next = this.#waiters.shift();
      // The place is handed over: nobody can slip in between.
      if (next === undefined) this.#running -= 1;
      else next.enter();
    }
  }
}
