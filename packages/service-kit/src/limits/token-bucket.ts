export interface Rate {
  /** As many at once, after a rest. */
  readonly burst: number;
  /** So many more every second. */
  readonly perSecond: number;
}

/** Lets things happen at a rate. The clock counts milliseconds; one that goes back takes nothing away. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = nowMs;
  }

  /** Takes one; false when there is none. */
  take(nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes one, if need be in advance. @returns milliseconds until it may be used */
  reserve(nowMs: number): number {
    const waitMs = this.waitMs(nowMs);
    this.#tokens -= 1;
    return waitMs;
  }

  /** Milliseconds until there is one. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) * 1_000) / this.#rate.perSecond);
  }

  /** Nothing was taken lately: a new bucket would be the same. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#rate.burst;
  }

  #fill(nowMs: number): void {
    const { burst, perSecond } = this.#rate;
    const passedMs = Math.max(0, nowMs - this.#filledAt);
    this.#tokens = Math.min(burst, this.#tokens + (passedMs * perSecond) / 1_000);
    this.#filledAt = nowMs;
  }
}
