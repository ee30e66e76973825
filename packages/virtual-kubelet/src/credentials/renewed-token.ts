import { Backoff } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import type { Grant } from './issuer.ts';

export interface RenewedTokenOptions {
  /** For messages. */
  readonly issuer: string;
  /** Asks for a token; called again only once it has settled. */
  ask(): Promise<Pick<Grant, 'accessToken' | 'askedAtMs' | 'lifetimeMs'>>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

interface HeldToken {
  readonly token: string;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
}

/** A token is renewed when this part of its life is over, and up to a tenth sooner, so that processes don't come all at once. */
const renewAtPart = 0.8;
const jitterPart = 0.1;
/** An issuer that gives tokens of seconds is not asked without end. */
const leastWaitMs = 1_000;
const retry = { baseMs: 1_000, maxMs: 60_000, jitter: 0.5 };
/** A token that InterLink refuses is replaced ahead of time, unless it is that young: a new one would do no better. */
const leastAgeMs = 60_000;

/**
 * A token that is renewed ahead of its end. Whoever asks gets the one at hand while it is valid, whatever becomes of its renewal; one
 * renewal is under way at a time, and those that fail are tried again, later and later.
 */
export class RenewedToken {
  readonly #options: RenewedTokenOptions;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<() => void>();
  #held: HeldToken | undefined;
  #trouble: string | undefined;
  /** The latest renewal, under way or over; how long to wait then. */
  #renewal: Promise<number> | undefined;
  #early = new AbortController();

  constructor(options: RenewedTokenOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...retry, ...(options.random === undefined ? {} : { random: options.random }) });
  }

  /** Why there is no newer token; undefined when the last renewal went well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** How long the token at hand is valid: 0 when there is none. */
  get validForMs(): number {
    return Math.max(0, (this.#held?.expiresAtMs ?? 0) - performance.now());
  }

  /** Tells when {@link trouble} changes, and when a token with trouble runs out, until the signal aborts. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /** Renews until the signal aborts; returns when what is under way then is over. */
  async run(signal: AbortSignal): Promise<void> {
    let renewal = this.#renewal ?? this.#renew();
    for (;;) {
      const waitMs = await renewal;
      if (signal.aborted) return;
      this.#early = new AbortController();
      await sleep(waitMs, AbortSignal.any([signal, this.#early.signal]));
      if (signal.aborted) return;
      renewal = this.#renew();
    }
  }

  /** A token that is valid. @throws InterLinkError `unauthenticated` with the issuer's reason when there is none */
  async current(): Promise<string> {
    if (this.validForMs === 0) await (this.#renewal ?? this.#renew());
    if (this.#held !== undefined && this.validForMs > 0) return this.#held.token;
    throw new InterLinkError('unauthenticated', this.#trouble ?? `The token of ${this.#options.issuer} has expired`);
  }

  /** The token at hand was refused, though it should be valid: by a clock that is wrong, or because it was revoked. */
  refused(): void {
    if (this.#held !== undefined && performance.now() - this.#held.askedAtMs >= leastAgeMs) this.#early.abort();
  }

  #renew(): Promise<number> {
    this.#renewal = this.#ask();
    return this.#renewal;
  }

  async #ask(): Promise<number> {
    const { issuer, ask, logger, random = Math.random } = this.#options;
    try {
      const { accessToken, askedAtMs, lifetimeMs } = await ask();
      this.#held = { token: accessToken, askedAtMs, expiresAtMs: askedAtMs + lifetimeMs };
      this.#backoff.reset();
      logger.info({ issuer, lifetimeMs }, 'new token for InterLink');
      this.#tell(undefined);
      const partMs = lifetimeMs * (renewAtPart - jitterPart * random());
      return Math.max(askedAtMs + partMs - performance.now(), leastWaitMs);
    } catch (error) {
      const { message } = InterLinkError.from(error);
      if (this.#trouble === undefined) logger.warn({ issuer, reason: message }, 'no new token for InterLink');
      this.#tell(`No token for InterLink from ${issuer}: ${message}`);
      const waitMs = this.#backoff.next();
      // Nothing is asked for at its end, but it is told of then.
      return this.validForMs > 0 ? Math.min(waitMs, this.validForMs) : waitMs;
    }
  }

  #tell(trouble: string | undefined): void {
    const isNews = trouble !== this.#trouble || (trouble !== undefined && this.validForMs === 0);
    this.#trouble = trouble;
    if (isNews) for (const listener of this.#listeners) listener();
  }
}
