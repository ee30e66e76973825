/**
 * Rounds of work per key, never two of one key at once. Whoever asks while a round runs gets the one after it, which all
 * who asked meanwhile share: it sees everything that happened before they asked.
 */
export class Rounds<T> {
  readonly #work: (key: string) => Promise<T>;
  readonly #running = new Map<string, Promise<T>>();
  readonly #next = new Map<string, Promise<T>>();

  constructor(work: (key: string) => Promise<T>) {
    this.#work = work;
  }

  async run(key: string): Promise<T> {
    const queued = this.#next.get(key);
    if (queued !== undefined) return await queued;
    const running = this.#running.get(key);
    if (running === undefined) return await this.#start(key);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    const next = settled.then(() => {
      this.#next.delete(key);
      return this.#start(key);
    });
    this.#next.set(key, next);
    return await next;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running.values(), ...this.#next.values()]);
  }

  #start(key: string): Promise<T> {
    const round = this.#work(key).finally(() => {
      if (this.#running.get(key) === round) this.#running.delete(key);
    });
    this.#running.set(key, round);
    return round;
  }
}
