import { TokenBucket } from '@interlink/service-kit';

/** Orphans after a long absence of this process may be many; each costs a question to the Kubernetes API. */
export const maxStrangers = 5_000;
const rate = { burst: maxStrangers, perSecond: 100 };
const pruneIntervalMs = 1_000;

/**
 * Pods that a backend reports and the Kubernetes API does not have on this node: orphans to remove, or lies. As many as a bad
 * day can leave behind are believed; the rest are not remembered.
 */
export class Strangers {
  readonly #now: () => number;
  readonly #isHeld: (uid: string) => boolean;
  readonly #bucket: TokenBucket;
  readonly #admitted = new Set<string>();
  #prunedAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param now milliseconds
   * @param isHeld whether one that was admitted is still remembered
   */
  constructor(now: () => number, isHeld: (uid: string) => boolean) {
    this.#now = now;
    this.#isHeld = isHeld;
    this.#bucket = new TokenBucket(rate, now());
  }

  /** Whether a new one is taken in. */
  admit(uid: string): boolean {
    if (this.#admitted.size >= maxStrangers) this.#prune();
    if (this.#admitted.size >= maxStrangers || !this.#bucket.take(this.#now())) return false;
    this.#admitted.add(uid);
    return true;
  }

  /** It is gone, or no stranger any more. */
  forget(uid: string): void {
    this.#admitted.delete(uid);
  }

  /** Those that a snapshot did not name went without a word. */
  #prune(): void {
    const now = this.#now();
    if (now - this.#prunedAtMs < pruneIntervalMs) return;
    this.#prunedAtMs = now;
    for (const uid of this.#admitted) if (!this.#isHeld(uid)) this.#admitted.delete(uid);
  }
}
