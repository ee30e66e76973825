import { type Clock, type Rate, TokenBucket } from '@interlink/sidecar-sdk';
import { slurmError, troubleOf } from '../slurm-error.ts';
import { HoldOff } from './hold-off.ts';
import { Slots } from './slots.ts';

/** What is left of slurmctld's limit of requests for queries, cancellations and whatever else the account does. */
const shareOfLimit = 0.8;

/** Submissions one after another, at most at a rate, and none for a while after Slurm did not take one. */
export class SubmitQueue {
  readonly #lane = new Slots(1);
  readonly #limits = new HoldOff();
  readonly #clock: Clock;
  readonly #isConfigured: boolean;
  #bucket: TokenBucket | undefined;

  /** @param rate the administrator's; undefined: none, or what {@link limit} says */
  constructor(clock: Clock, rate: Rate | undefined) {
    this.#clock = clock;
    this.#isConfigured = rate !== undefined;
    this.#bucket = rate === undefined ? undefined : new TokenBucket(rate, clock.now());
  }

  /** Slurm's own limit of requests: submissions stay below it, unless the administrator has set a rate. */
  limit(limit: Rate | undefined): void {
    if (this.#isConfigured || (limit === undefined) === (this.#bucket === undefined)) return;
    this.#bucket = limit === undefined ? undefined : new TokenBucket(toShare(limit), this.#clock.now());
  }

  /** @throws InterLinkError `unavailable` at once while Slurm is known to take no jobs */
  async run<T>(submit: () => Promise<T>, action: string): Promise<T> {
    return await this.#lane.run(async () => {
      const holdMs = this.#limits.ask(this.#clock.now());
      if (holdMs > 0)
        throw slurmError(
          'busy',
          `${action}: Slurm did not take the last job; it is asked again in ${Math.ceil(holdMs / 1_000)} s`,
        );
      await this.#pass(this.#bucket?.reserve(this.#clock.now()) ?? 0);
      try {
        const submitted = await submit();
        this.#limits.succeeded();
        return submitted;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'busy' || trouble === 'uncertain') this.#limits.failed(this.#clock.now());
        else this.#limits.succeeded();
        throw error;
      }
    });
  }

  async #pass(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => this.#clock.setTimer(ms, resolve));
  }
}

function toShare({ burst, perSecond }: Rate): Rate {
  return { burst: Math.max(1, Math.floor(burst * shareOfLimit)), perSecond: perSecond * shareOfLimit };
}
