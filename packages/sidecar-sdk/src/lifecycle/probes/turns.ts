/** Lets a bounded number of tasks run at a time; who came first goes first. */
export class Turns {
  readonly #waiting: Array<() => void> = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  async take<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#free -= 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // The place is handed over: nobody can slip in between.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
