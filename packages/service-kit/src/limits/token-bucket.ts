/** So many requests a second in the long run, twice as many at once after a rest. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #size: number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#size = 2 * perSecond;
    this.#tokens = this.#size;
    this.#filledAt = nowMs;
  }

  /** Takes one. @returns 0 when there was one, else the seconds until there is */
  take(nowMs: number): number {
    this.#fill(nowMs);
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perSecond;
    this.#tokens -= 1;
    return 0;
  }

  /** Nothing was taken lately: a new bucket would be the same. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#size;
  }

  #fill(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.#filledAt) / 1_000;
    this.#tokens = Math.min(this.#size, this.#tokens + seconds * this.#perSecond);
    this.#filledAt = nowMs;
  }
}
