/** A query may take this part of slurmctld's time at most, so to say: after one that took a second, five are waited. */
const restFactor = 5;
/** Even when somebody waits for a job. */
const soonestMs = 500;
/** While Slurm is away. */
const longestRetryMs = 60_000;

/** How long to wait before squeue is asked again: longer where it is slow, and while it does not answer. */
export class PollPace {
  readonly #floorMs: number;
  #tookMs = 0;
  #failures = 0;

  /** @param floorMs the administrator's: the least time between two queries when nobody waits for one */
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

  /** The usual wait. */
  get intervalMs(): number {
    const retryMs = this.#failures === 0 ? 0 : Math.min(this.#floorMs * 2 ** this.#failures, longestRetryMs);
    return Math.max(this.#floorMs, this.soonMs, retryMs);
  }

  /** The wait when somebody waits for a job to change. A floor of minutes is a site's rule, and holds for them, too. */
  get soonMs(): number {
    const restMs = Math.max(soonestMs, this.#tookMs * restFactor);
    return this.#floorMs > patientFloorMs ? Math.max(this.#floorMs, restMs) : restMs;
  }
}

/** Who sets a floor above this has been told by slurmctld's operators how often to ask. */
const patientFloorMs = 10_000;
