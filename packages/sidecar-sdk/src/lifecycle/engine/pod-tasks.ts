/** Work under way for one pod, each piece under a name and once at a time. */
export class PodTasks {
  readonly #running = new Map<string, Promise<void>>();
  readonly #cancel = new AbortController();
  readonly #onEnd: () => void;
  #endCount = 0;

  /** @param onEnd a task has ended, and is not under way any more */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Aborts when the pod is to go. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** How many have ended: what was read before the last of them did is out of date. */
  get endCount(): number {
    return this.#endCount;
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** Begins a task, unless one of this name is under way. It must not reject. */
  begin(name: string, task: () => Promise<void>): void {
    if (this.#running.has(name)) return;
    const running = task().finally(() => {
      this.#running.delete(name);
      this.#endCount += 1;
      this.#onEnd();
    });
    this.#running.set(name, running);
  }

  /** Ends what can be ended; resolves when nothing is under way. */
  async cancel(): Promise<void> {
    this.#cancel.abort();
    await Promise.all(this.#running.values());
  }
}
