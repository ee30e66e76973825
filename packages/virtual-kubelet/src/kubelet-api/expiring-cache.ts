/** What {@link ExpiringCache.get} keeps, and for how long. */
export interface Expiring<Value> {
  value: Value;
  ttlMs: number;
}

interface Entry<Value> {
  loading: Promise<Expiring<Value>>;
  /** On the clock of the cache; endless while loading. */
  expiresAtMs: number;
}

/**
 * Answers that stay true for a while. Callers who ask for the same key at the same time wait for one load; a load that fails is
 * not kept. When it is full, the oldest entry makes place.
 */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #maxEntries: number;
  readonly #nowMs: () => number;

  /** @param nowMs a clock that never goes back, in milliseconds */
  constructor(maxEntries: number, nowMs: () => number) {
    this.#maxEntries = maxEntries;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  async get(key: string, load: () => Promise<Expiring<Value>>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.#nowMs() < known.expiresAtMs) return (await known.loading).value;
    const entry: Entry<Value> = { loading: load(), expiresAtMs: Number.POSITIVE_INFINITY };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#makePlace();
    try {
      const { value, ttlMs } = await entry.loading;
      entry.expiresAtMs = this.#nowMs() + ttlMs;
      return value;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  #makePlace(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }
}
