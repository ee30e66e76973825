import { type Clock, type Rate, TokenBucket } from '@interlink/sidecar-sdk';
import { slurmError, troubleOf } from '../slurm-error.ts';
import { HoldOff } from './hold-off.ts';
import { Slots } from './slots.ts';

/** What is left of slurmctld's limit of requests for queries, cancellations and whatever else the account does. */
const shareOfLimit = 0.8;

type Submit<T> = (isNext: boolean) => Promise<T | undefined>;

/**
 * Submissions one after another, at most at a rate, and none for a while after Slurm did not take one. While all goes well, the next one is given
 * before the one under way has ended: what submits runs them in turn, and does not begin the next one when the one before has failed.
 */
export class SubmitQueue {
  readonly #lane = new Slots(1);
  readonly #limits = new HoldOff();
  readonly #clock: Clock;
  readonly #isConfigured: boolean;
  #bucket: TokenBucket | undefined;
  /** Whether the last one was taken. */
  #isWell = false;
  /** Resolves when the last one that was given has ended. */
  #underWay: Promise<void> | undefined;

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

  /**
   * @param submit is told whether the one before is under way: then it gives undefined, and has not begun, if that one fails
   * @throws InterLinkError `unavailable` at once while Slurm is known to take no jobs
   */
  async run<T>(submit: Submit<T>, action: string): Promise<T> {
    const { ended } = await this.#lane.run(async () => await this.#begin(submit, action));
    return await ended;
  }

  /** Resolves when the next one may be given. */
  async #begin<T>(submit: Submit<T>, action: string): Promise<{ readonly ended: Promise<T> }> {
    const before = this.#underWay;
    const ended = this.#submit(submit, action, before !== undefined);
    const underWay = ended.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay = underWay;
    void underWay.then(() => {
      if (this.#underWay === underWay) this.#underWay = undefined;
    });
    await before;
    if (!this.#isWell) await underWay;
    return { ended };
  }

  async #submit<T>(submit: Submit<T>, action: string, isNext: boolean): Promise<T> {
    let submitted = await this.#try(submit, action, isNext);
    while (submitted === undefined) submitted = await this.#try(submit, action, false);
    return submitted;
  }

  async #try<T>(submit: Submit<T>, action: string, isNext: boolean): Promise<T | undefined> {
    const holdMs = this.#limits.ask(this.#clock.now());
    if (holdMs > 0)
      throw slurmError(
        'busy',
        `${action}: Slurm did not take the last job; it is asked again in ${Math.ceil(holdMs / 1_000)} s`,
      );
    await this.#pass(this.#bucket?.reserve(this.#clock.now()) ?? 0);
    try {
      const submitted = await submit(isNext);
      if (submitted === undefined) return undefined;
      this.#limits.succeeded();
      this.#isWell = true;
      return submitted;
    } catch (error) {
      this.#isWell = false;
      const trouble = troubleOf(error);
      if (trouble === 'busy' || trouble === 'uncertain') this.#limits.failed(this.#clock.now());
      else this.#limits.succeeded();
      throw error;
    }
  }

  async #pass(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => this.#clock.setTimer(ms, resolve));
  }
}

function toShare({ burst, perSecond }: Rate): Rate {
  return { burst: Math.max(1, Math.floor(burst * shareOfLimit)), perSecond: perSecond * shareOfLimit };
}
