/**
 * What a backend says, held to what it may say. Nothing behind it sees anything unchecked.
 *
 *   record-guard.ts        the stream: whose pods, how many, how often
 *   check-report.ts        one pod's report             (clean-text.ts, pod-addresses.ts)
 *   check-capabilities.ts  the node's capacity, labels  (node-labels.ts)
 *   event-limit.ts, strangers.ts   how much of it
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pod } from '@interlink/kube';
import { InterLinkError, type PodReport, type StreamRecord } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import { TokenBucket } from '@interlink/service-kit';
import { checkReport } from './check-report.ts';
import { cleanText, maxEventBytes, toReason } from './clean-text.ts';
import { EventLimit } from './event-limit.ts';
import type { PodAddresses } from './pod-addresses.ts';
import { Strangers } from './strangers.ts';

export interface RecordGuardOptions {
  /** The pod of this UID that the API has on this node. */
  findPod(uid: string): Pod | undefined;
  /** Whether a report of it was taken, and it is not gone since. */
  isHeld(uid: string): boolean;
  readonly addresses: PodAddresses;
  /** The node's own address. */
  readonly hostIP: string;
  readonly logger: Logger;
  /** Milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** A cursor goes back to the backend in a URL. */
const maxCursorLength = 1_024;
/** Others get their turn after this many records, however fast they come. */
const recordsPerTurn = 256;
/** Each change of them is a change of the node at the Kubernetes API. */
const capabilitiesRate = { burst: 5, perSecond: 1 / 5 };
/** What was left out is told this often at most. */
const tellIntervalMs = 60_000;

export class RecordGuard {
  readonly #options: RecordGuardOptions;
  readonly #now: () => number;
  readonly #events: EventLimit;
  readonly #strangers: Strangers;
  readonly #capabilities: TokenBucket;
  /** The newest, until they may be told. */
  #heldCapabilities: StreamRecord | undefined;
  readonly #dropped = { events: 0, pods: 0, addresses: 0 };
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RecordGuardOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#events = new EventLimit(this.#now);
    this.#strangers = new Strangers(this.#now, options.isHeld);
    this.#capabilities = new TokenBucket(capabilitiesRate, this.#now());
  }

  /** The records that are taken, with what is taken of them. */
  async *guard(records: AsyncIterable<StreamRecord>): AsyncGenerator<StreamRecord> {
    let count = 0;
    for await (const record of records) {
      count += 1;
      if (count % recordsPerTurn === 0) await nextTurn();
      const checked = this.#check(record);
      if (checked !== undefined) yield checked;
      // Bookmarks come every few seconds, so that none are held for long.
      if (this.#heldCapabilities !== undefined && this.#capabilities.take(this.#now())) {
        yield this.#heldCapabilities;
        this.#heldCapabilities = undefined;
      }
    }
  }

  #check(record: StreamRecord): StreamRecord | undefined {
    if ('cursor' in record && record.cursor.length > maxCursorLength) {
      throw new InterLinkError('out_of_range', `A cursor is longer than ${maxCursorLength} characters`);
    }
    switch (record.type) {
      case 'pod':
        return this.#isTaken(record.pod.uid) ? { ...record, pod: this.#checkReport(record.pod) } : undefined;
      case 'gone':
        return this.#checkGone(record);
      case 'event':
        return this.#checkEvent(record);
      case 'capabilities':
        this.#heldCapabilities = record;
        return undefined;
      case 'bookmark':
        return record;
    }
  }

  #isTaken(uid: string): boolean {
    if (this.#options.findPod(uid) !== undefined) {
      this.#strangers.forget(uid);
      return true;
    }
    // Its object may have gone from the API before it is gone from the backend.
    if (this.#options.isHeld(uid) || this.#strangers.admit(uid)) return true;
    this.#drop('pods');
    return false;
  }

  /** An end is news of a pod that the API has, and of one that was taken in. */
  #checkGone(record: Extract<StreamRecord, { type: 'gone' }>): StreamRecord | undefined {
    const { uid, last, ...rest } = record;
    if (this.#options.findPod(uid) === undefined && !this.#options.isHeld(uid)) return undefined;
    this.#strangers.forget(uid);
    return { ...rest, uid, ...(last === undefined || last.uid !== uid ? {} : { last: this.#checkReport(last) }) };
  }

  #checkEvent(record: Extract<StreamRecord, { type: 'event' }>): StreamRecord | undefined {
    const { uid, event } = record;
    if (this.#options.findPod(uid) === undefined) return undefined;
    if (!this.#events.allows(uid)) {
      this.#drop('events');
      return undefined;
    }
    const reason = toReason(event.reason) ?? 'Backend';
    return { type: 'event', uid, event: { ...event, reason, message: cleanText(event.message, maxEventBytes) } };
  }

  #checkReport(report: PodReport): PodReport {
    const { findPod, addresses, hostIP } = this.#options;
    const pod = findPod(report.uid);
    return checkReport(report, { pod, addresses, hostIP, onBadAddress: () => this.#drop('addresses') });
  }

  #drop(what: 'events' | 'pods' | 'addresses'): void {
    this.#dropped[what] += 1;
    const now = this.#now();
    if (now - this.#toldAtMs < tellIntervalMs) return;
    this.#toldAtMs = now;
    this.#options.logger.warn(
      { dropped: { ...this.#dropped } },
      'the backend says more than is taken from it: counted since the start',
    );
  }
}
