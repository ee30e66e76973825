import { LruCache } from './lru-cache.ts';

/** client-go's defaults: 25 events at once per object, then one every five minutes. */
const BURST = 25;
const REFILL_INTERVAL_MS = 300_000;

/** One token bucket per object, so that an object in trouble cannot flood the API with events. */
export class SpamFilter {
  readonly #now: () => number;
  readonly #buckets: LruCache<{ tokens: number; at: number }>;

  /** `now` gives milliseconds. */
  constructor(capacity: number, now: () => number) {
    this.#now = now;
    this.#buckets = new LruCache(capacity);
  }

  /** Takes a token of this object's bucket; false when it is empty. */
  allows(key: string): boolean {
    const at = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: BURST, at };
    bucket.tokens = Math.min(BURST, bucket.tokens + Math.max(0, at - bucket.at) / REFILL_INTERVAL_MS);
    bucket.at = at;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
