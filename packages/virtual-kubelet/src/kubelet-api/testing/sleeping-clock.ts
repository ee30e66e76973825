interface Sleeper {
  readonly untilMs: number;
  wake(): void;
}

/** A calendar that goes on only when it is told to, and that one loop sleeps by. */
export class SleepingClock {
  #nowMs: number;
  #sleeper: Sleeper | undefined;
  #onSleep: () => void = () => undefined;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  readonly nowMs = (): number => this.#nowMs;

  /** This long from now. */
  date(ms = 0): Date {
    return new Date(this.#nowMs + ms);
  }

  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (ms <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#sleeper = { untilMs: this.#nowMs + ms, wake: resolve };
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.#onSleep();
    });
  };

  /** Resolves when the loop sleeps. */
  async asleep(): Promise<void> {
    if (this.#sleeper !== undefined) return;
    await new Promise<void>((resolve) => (this.#onSleep = resolve));
  }

  /** Lets time go by: the loop is woken when its time has come, as often as it goes to sleep again at once. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let sleeper = this.#sleeper; sleeper !== undefined && sleeper.untilMs <= endMs; sleeper = this.#sleeper) {
      this.#nowMs = Math.max(this.#nowMs, sleeper.untilMs);
      this.#sleeper = undefined;
      sleeper.wake();
      // What the loop does before it sleeps again is a matter of promises, not of time.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = endMs;
  }
}
