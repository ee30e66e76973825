export interface PollPaceOptions {
  /** Never sooner. */
  readonly floorMs: number;
  /** Never later. */
  readonly ceilingMs: number;
}

/** A query may take up at most this part of slurmctld's time, so to say: the wait is that many times as long as it took. */
const restFactor = 5;

/** How long to wait before Slurm is asked again: longer where it is slow, and while it does not answer. */
export class PollPace {
  readonly #options: PollPaceOptions;
  #failures = 0;

  constructor(options: PollPaceOptions) {
    this.#options = options;
  }

  /** After an answer that took so long. */
  afterAnswer(tookMs: number): number {
    this.#failures = 0;
    return this.#bound(tookMs * restFactor);
  }

  /** After a failure: the floor, doubled each time. */
  afterFailure(tookMs: number): number {
    this.#failures += 1;
    return this.#bound(Math.max(tookMs, this.#options.floorMs * 2 ** Math.min(this.#failures, 30)));
  }

  #bound(ms: number): number {
    return Math.min(this.#options.ceilingMs, Math.max(this.#options.floorMs, ms));
  }
}
