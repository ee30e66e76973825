import { InterLinkError } from '@interlink/protocol';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '../../process/logger.ts';
import { assertSafe, fetchJson } from './fetch-json.ts';

/** Keys older than this are asked for again, while the old ones serve. */
const maxAgeMs = 600_000;
/** The issuer is asked no more often than this, whatever tokens come; and this long after it did not answer. */
const coolDownMs = 30_000;
const coolDownAfterFailureMs = 5_000;

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly caFile?: string | undefined;
  readonly logger: Logger;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/**
 * The public keys of an issuer, by discovery (OpenID Connect Discovery 1.0, section 4). A key that is not known is looked for once
 * per cool-down: that is how rotated keys come in. While the issuer is away, the keys that it had serve on.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #now: () => number;
  #keys: JWTVerifyGetKey | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #trouble: InterLinkError | undefined;
  #asking: Promise<void> | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Finds the key of a token. @throws InterLinkError `unavailable` when only the issuer could tell and is away; jose's JWKSNoMatchingKey when the issuer has no such key */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    if (this.#keys === undefined) await this.#ask();
    else if (this.#now() - this.#fetchedAt > maxAgeMs) this.#ask().catch(() => undefined);
    try {
      return await this.#known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#ask();
      return await this.#known(header, token);
    }
  };

  /** Asks the issuer, unless that was just done. @throws InterLinkError `unavailable` when it did not answer the last time */
  async #ask(): Promise<void> {
    const coolDown = this.#trouble === undefined ? coolDownMs : coolDownAfterFailureMs;
    if (this.#asking === undefined && this.#now() - this.#askedAt >= coolDown) {
      this.#askedAt = this.#now();
      this.#asking = this.#fetch().finally(() => {
        this.#asking = undefined;
      });
    }
    await this.#asking;
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  async #fetch(): Promise<void> {
    const { issuer, logger } = this.#options;
    try {
      this.#keys = createLocalJWKSet(await this.#fetchKeySet());
      this.#fetchedAt = this.#now();
      if (this.#trouble !== undefined) logger.info({ issuer }, 'the issuer of tokens answers again');
      this.#trouble = undefined;
    } catch (error) {
      if (this.#trouble === undefined)
        logger.warn({ issuer, err: error }, 'cannot read the keys of the issuer of tokens');
      this.#trouble = new InterLinkError(
        'unavailable',
        `The issuer of tokens ${issuer} can't be asked for its keys now`,
        {
          cause: error,
        },
      );
    }
  }

  async #fetchKeySet(): Promise<JSONWebKeySet> {
    const { issuer, caFile } = this.#options;
    const found = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`), caFile);
    const { issuer: itself, jwks_uri: keysAt } = (found ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
    if (itself !== issuer) throw new Error(`it says that it is ${JSON.stringify(itself)}, not ${issuer}`);
    const url = URL.parse(String(keysAt));
    if (url === null) throw new Error('it does not tell where its keys are');
    assertSafe(url);
    return (await fetchJson(url, caFile)) as JSONWebKeySet;
  }

  get #known(): JWTVerifyGetKey {
    if (this.#keys === undefined) throw new InterLinkError('internal', 'The keys were asked for before');
    return this.#keys;
  }
}
