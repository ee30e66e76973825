/** Waits after the first failure; doubled with each that follows. */
const firstMs = 1_000;
const longestMs = 30_000;

/**
 * Keeps calls away from what does not answer: after a failure they fail at once for a while, then one goes through, and decides.
 * Without it each call would wait for its own time-out (10 to 30 s with Slurm's commands), and they would pile up.
 */
export class HoldOff {
  #failures = 0;
  #untilMs = 0;
  #probing = false;

  /** Milliseconds that are still to be waited; 0: go on, and tell the outcome by {@link succeeded}, {@link failed} or {@link undecided}. */
  ask(nowMs: number): number {
    if (this.#failures === 0) return 0;
    // The clock was set back.
    if (this.#untilMs - nowMs > longestMs) this.#untilMs = nowMs;
    if (nowMs < this.#untilMs) return this.#untilMs - nowMs;
    if (this.#probing) return firstMs;
    this.#probing = true;
    return 0;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#probing = false;
  }

  /** The call was not made after all: another one decides. */
  undecided(): void {
    this.#probing = false;
  }

  failed(nowMs: number): void {
    this.#probing = false;
    // Of calls that were under way together one counts.
    if (this.#failures > 0 && nowMs < this.#untilMs) return;
    this.#failures += 1;
    this.#untilMs = nowMs + Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures - 1, 30));
  }
}
