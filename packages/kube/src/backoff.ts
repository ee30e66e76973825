/** How a `Backoff` grows. */
export interface BackoffOptions {
  /** The first wait, in milliseconds, before jitter. */
  baseMs: number;
  /** The longest wait, in milliseconds, before jitter. */
  maxMs: number;
  /** Each wait is this many times the one before. Default 2. */
  factor?: number;
  /** A wait is stretched by a random part of up to `jitter` times itself, as client-go's `wait.Jitter`. Default 1.0. */
  jitter?: number;
  /** After this long without a call of `next`, in milliseconds, the next wait is `baseMs` again. Default: never. */
  resetAfterMs?: number;
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: () => number;
  /** A clock in milliseconds that does not jump. Default `performance.now`. */
  now?: () => number;
}

/** Exponential waits with jitter: the one back-off of this package. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #attempts = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions) {
    this.#options = {
      factor: 2,
      jitter: 1,
      resetAfterMs: Number.POSITIVE_INFINITY,
      random: Math.random,
      now: () => performance.now(),
      ...options,
    };
  }

  /** How many waits were handed out since the last reset. */
  get attempts(): number {
    return this.#attempts;
  }

  /** The next wait in milliseconds, between d and d × (1 + jitter), where d = min(baseMs × factor^attempts, maxMs). */
  next(): number {
    const { baseMs, maxMs, factor, jitter, resetAfterMs, random, now } = this.#options;
    const at = now();
    if (at - this.#lastAt > resetAfterMs) this.reset();
    this.#lastAt = at;
    const waitMs = Math.min(baseMs * factor ** this.#attempts, maxMs);
    this.#attempts += 1;
    return waitMs * (1 + jitter * random());
  }

  /** The next wait is `baseMs` again. */
  reset(): void {
    this.#attempts = 0;
  }
}
