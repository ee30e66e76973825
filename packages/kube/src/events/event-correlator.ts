/** Makes few writes of many events, by the rules of client-go's EventCorrelator (k8s.io/client-go/tools/record/events_cache.go). */
import { LruCache } from './lru-cache.ts';
import type { ObjectReference } from './object-reference.ts';
import { SpamFilter } from './spam-filter.ts';

const MAX_CACHED_KEYS = 4096;
/** More than this many different messages of one kind within the interval become one event. */
const MAX_SIMILAR = 10;
const SIMILAR_INTERVAL_MS = 600_000;

/** Something that happened, as the caller tells it. */
export interface Happening {
  ref: ObjectReference;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The node that tells. Default: the recorder's. */
  host?: string;
}

/** The event that the API should hold, after all that was told about it so far. */
export interface Observation extends Happening {
  /** Happenings with equal keys are one event. */
  key: string;
  name: string;
  count: number;
  /** Milliseconds since the epoch. */
  firstAt: number;
  lastAt: number;
}

/** Counts repetitions, sums up what is similar, and drops floods. Holds at most a few thousand keys. No input or output. */
export class EventCorrelator {
  readonly #now: () => number;
  readonly #spam: SpamFilter;
  readonly #similar = new LruCache<{ messages: Set<string>; lastAt: number }>(MAX_CACHED_KEYS);
  readonly #observed = new LruCache<Observation>(MAX_CACHED_KEYS);
  #lastStamp = 0n;

  /** `now` gives milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
    this.#spam = new SpamFilter(MAX_CACHED_KEYS, now);
  }

  /** The event as it now stands; undefined when the source tells too much of this object and this one is dropped. */
  observe(happening: Happening): Observation | undefined {
    const at = this.#now();
    const { ref, type, reason } = happening;
    const similarKey = JSON.stringify([ref.kind, ref.namespace, ref.name, ref.uid, ref.apiVersion, type, reason]);
    const tooMany = this.#countSimilar(similarKey, happening.message, at) >= MAX_SIMILAR;
    const key = tooMany ? similarKey : JSON.stringify([similarKey, ref.fieldPath, happening.message]);
    const message = tooMany ? `(combined from similar events): ${happening.message}` : happening.message;

    const last = this.#observed.get(key);
    const observation: Observation = {
      ...happening,
      message,
      key,
      name: last?.name ?? this.#nextName(ref.name, at),
      count: (last?.count ?? 0) + 1,
      firstAt: last?.firstAt ?? at,
      lastAt: at,
    };
    this.#observed.set(key, observation);
    return this.#spam.allows(JSON.stringify([ref.kind, ref.namespace, ref.name, ref.uid, ref.apiVersion]))
      ? observation
      : undefined;
  }

  #countSimilar(similarKey: string, message: string, at: number): number {
    const known = this.#similar.get(similarKey);
    const record =
      known !== undefined && at - known.lastAt <= SIMILAR_INTERVAL_MS
        ? known
        : { messages: new Set<string>(), lastAt: at };
    record.messages.add(message);
    record.lastAt = at;
    this.#similar.set(similarKey, record);
    const count = record.messages.size;
    const [oldest] = record.messages;
    if (count >= MAX_SIMILAR && oldest !== undefined) record.messages.delete(oldest);
    return count;
  }

  /** `<object>.<hex time>`, as client-go names events, within the 253 characters of a name; the time is made unique. */
  #nextName(objectName: string, at: number): string {
    const stamp = BigInt(Math.trunc(at)) * 1_000_000n;
    this.#lastStamp = stamp > this.#lastStamp ? stamp : this.#lastStamp + 1n;
    const stampText = this.#lastStamp.toString(16);
    return `${objectName.slice(0, 252 - stampText.length).replace(/[-.]+$/, '')}.${stampText}`;
  }
}
