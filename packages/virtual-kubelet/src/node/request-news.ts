import { cleanLine, maxEventBytes } from '../trust/clean-text.ts';

/** As long as this a failure may be one of a restart, or of a token that is just replaced. */
const patienceMs = 10_000;
/** Failures that are further apart say nothing of the time between. */
const memoryMs = 60_000;

/** How requests to InterLink fare, as the requests themselves show it: nothing is asked for this. */
export class RequestNews {
  readonly #now: () => number;
  /** Of the first failure since the last request that got through, and of the last one. */
  #failingSinceMs: number | undefined;
  #failedAtMs = 0;
  #trouble: string | undefined;

  /** @param now milliseconds, of a clock that is never set */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Why requests fail, once they have failed for a while and none has got through; undefined: they don't, or nobody knows yet. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** One has ended. @param trouble why it got no answer, or was not let in; undefined: it was answered */
  take(trouble: Error | undefined): void {
    if (trouble === undefined) {
      this.#failingSinceMs = undefined;
      this.#trouble = undefined;
      return;
    }
    const now = this.#now();
    if (this.#failingSinceMs === undefined || now - this.#failedAtMs > memoryMs) this.#failingSinceMs = now;
    this.#failedAtMs = now;
    if (now - this.#failingSinceMs >= patienceMs) this.#trouble = cleanLine(trouble.message, maxEventBytes / 2);
  }
}
