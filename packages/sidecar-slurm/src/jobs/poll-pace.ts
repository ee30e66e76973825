/** A query may take this part of Slurm's time at most: after one that took a second, five are waited. */
const restFactor = 5;
/** While Slurm is away. */
const longestRetryMs = 60_000;

/** How often squeue is asked. */
export class PollPace {
  readonly #floorMs: number;
  #tookMs = 0;
  #failures = 0;

  /** @param floorMs the administrator's: the least time between two queries */
  constructor(floorMs: number) {
    this.#floorMs = floorMs;
  }

  answered(tookMs: number): void {
    this.#tookMs = tookMs;
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
  }

  /** The time to wait now. */
  get intervalMs(): number {
    const backOffMs = this.#failures === 0 ? 0 : Math.min(this.#floorMs * 2 ** this.#failures, longestRetryMs);
    return Math.max(this.#floorMs, this.shortestMs, backOffMs);
  }

  /** The time to wait even when somebody waits for a job: Slurm's own limit, whatever the floor is. */
  get shortestMs(): number {
    return Math.min(Math.max(this.#tookMs * restFactor, soonMs), Math.max(this.#floorMs, this.#tookMs * restFactor));
  }
}

const soonMs = 500;
