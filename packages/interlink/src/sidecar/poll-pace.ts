const fastestMs = 1_000;
const slowestMs = 10_000;
/** When no pod can change by itself any more. */
const idleMs = 30_000;
const growth = 1.5;
/** A plugin is left alone for at least twice as long as it took to answer, but for no more than a minute. */
const restFactor = 2;
const longestRestMs = 60_000;

/** How long to wait until a v1 plugin is asked again: a second after something has changed, longer and longer while nothing does. */
export class PollPace {
  #intervalMs = fastestMs;
  #tookMs = 0;

  /** Something is about to change: a pod was created, say. */
  hurry(): void {
    this.#intervalMs = fastestMs;
  }

  /** An answer has come. */
  answered({ hasChanged, tookMs }: { readonly hasChanged: boolean; readonly tookMs: number }): void {
    this.#tookMs = tookMs;
    this.#intervalMs = hasChanged ? fastestMs : Math.min(this.#intervalMs * growth, slowestMs);
  }

  waitMs({ isIdle }: { readonly isIdle: boolean }): number {
    const restMs = Math.min(this.#tookMs * restFactor, longestRestMs);
    return Math.max(isIdle && this.#intervalMs > fastestMs ? idleMs : this.#intervalMs, restMs);
  }
}
