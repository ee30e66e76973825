import { InterLinkError } from '@interlink/protocol';
import type { Limits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Identities with a bucket of their own; beyond, after those that rest are forgotten, all others share one. */
const maxIdentities = 10_000;
/** A stream ends when it ends: nobody knows when. */
const streamsRetrySeconds = 5;

/** Says of each request that was let in whether it is one too many of its identity. */
export class RequestLimits {
  readonly #limits: Limits;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #streams = new Map<string, number>();
  readonly #now: () => number;
  #streamsInAll = 0;

  /** @param now milliseconds that only go forward */
  constructor(limits: Limits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** @throws InterLinkError `resource_exhausted` with `retryAfterSeconds` */
  admitRequest(identity: string): void {
    const { requestsPerSecond } = this.#limits;
    if (requestsPerSecond === 0) return;
    const now = this.#now();
    const bucket = this.#bucketOf(identity, now);
    if (bucket.take(now)) return;
    throw new InterLinkError('resource_exhausted', `More than ${requestsPerSecond} requests a second of ${identity}`, {
      retryAfterSeconds: Math.ceil(bucket.waitMs(now) / 1_000),
    });
  }

  /** @returns to be called when the stream has ended @throws InterLinkError `resource_exhausted` with `retryAfterSeconds` */
  openStream(identity: string): () => void {
    const own = this.#streams.get(identity) ?? 0;
    refuseFrom(this.#limits.streamsPerIdentity, own, `streams of ${identity} are open`);
    refuseFrom(this.#limits.streams, this.#streamsInAll, 'streams are open in all');
    this.#streams.set(identity, own + 1);
    this.#streamsInAll += 1;
    return () => this.#closeStream(identity);
  }

  #closeStream(identity: string): void {
    const left = (this.#streams.get(identity) ?? 0) - 1;
    if (left > 0) this.#streams.set(identity, left);
    else this.#streams.delete(identity);
    this.#streamsInAll -= 1;
  }

  #bucketOf(identity: string, now: number): TokenBucket {
    const known = this.#buckets.get(identity);
    if (known !== undefined) return known;
    if (this.#buckets.size >= maxIdentities) {
      for (const [name, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(name);
    }
    const { requestsPerSecond: perSecond } = this.#limits;
    // No identity has an empty name.
    const name = this.#buckets.size < maxIdentities ? identity : '';
    const bucket = this.#buckets.get(name) ?? new TokenBucket({ burst: 2 * perSecond, perSecond }, now);
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

function refuseFrom(limit: number, open: number, what: string): void {
  if (limit === 0 || open < limit) return;
  throw new InterLinkError('resource_exhausted', `${open} ${what}, and no more than ${limit} may be`, {
    retryAfterSeconds: streamsRetrySeconds,
  });
}
