/** A first-in-first-out list of distinct keys with constant cost per call however long it is. */
export class KeyFifo {
  readonly #keys = new Set<string>();
  #inbox: string[] = [];
  #outbox: string[] = [];

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Appends the key unless it is in already. */
  push(key: string): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#inbox.push(key);
  }

  /** Takes the oldest key out; undefined when there is none. */
  shift(): string | undefined {
    if (this.#outbox.length === 0) {
      this.#outbox = this.#inbox.reverse();
      this.#inbox = [];
    }
    const key = this.#outbox.pop();
    if (key !== undefined) this.#keys.delete(key);
    return key;
  }
}
