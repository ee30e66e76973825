import { randomUUID } from 'node:crypto';
import type { Capabilities } from '../capabilities.ts';
import type { PodReport } from '../pod/pod-report.ts';
import { ReportSubscription } from './report-subscription.ts';
import type { PodEvent, StreamRecord } from './stream-record.ts';

/** Deletions remembered for readers that resume; older cursors get a snapshot. */
const maxTombstones = 4_000;

interface Entry {
  readonly sequence: number;
  readonly report: PodReport;
  /** For "did anything change?", computed once per report. */
  readonly fingerprint: string;
}

interface Tombstone {
  readonly sequence: number;
  readonly last: PodReport;
}

/**
 * The latest report of each pod of one owner, and who reads them: the server side of the v2 stream. It holds one record per
 * pod, however slow a reader is; a reader sees each pod's newest state, not every state in between. A cursor names this
 * log (a restart makes a new one) and a place in it.
 */
export class ReportLog {
  readonly #instance: string = randomUUID().slice(0, 8);
  readonly #entries = new Map<string, Entry>();
  readonly #tombstones = new Map<string, Tombstone>();
  readonly #subscriptions = new Set<ReportSubscription>();
  #sequence = 0;
  /** Cursors before this have lost deletions. */
  #horizon = 0;

  get size(): number {
    return this.#entries.size;
  }

  get(uid: string): PodReport | undefined {
    return this.#entries.get(uid)?.report;
  }

  reports(): PodReport[] {
    return [...this.#entries.values()].map((entry) => entry.report);
  }

  /** Takes a pod's newest state; one that equals the last is no news. */
  put(report: PodReport): void {
    const fingerprint = JSON.stringify(report);
    if (this.#entries.get(report.uid)?.fingerprint === fingerprint) return;
    this.#sequence += 1;
    this.#tombstones.delete(report.uid);
    this.#entries.set(report.uid, { sequence: this.#sequence, report, fingerprint });
    for (const subscription of this.#subscriptions) subscription.touch(report.uid);
  }

  /** The backend no longer holds the pod. */
  remove(uid: string): void {
    const last = this.#entries.get(uid)?.report;
    if (last === undefined) return;
    this.#entries.delete(uid);
    this.#sequence += 1;
    this.#tombstones.set(uid, { sequence: this.#sequence, last });
    for (const [oldest, { sequence }] of this.#tombstones) {
      if (this.#tombstones.size <= maxTombstones) break;
      this.#tombstones.delete(oldest);
      this.#horizon = sequence;
    }
    for (const subscription of this.#subscriptions) subscription.touch(uid);
  }

  /** Told to the present readers only. */
  event(uid: string, event: PodEvent): void {
    for (const subscription of this.#subscriptions) subscription.push({ type: 'event', uid, event });
  }

  /** Told to the present readers only; a new reader asks for the capabilities itself. */
  capabilities(capabilities: Capabilities): void {
    for (const subscription of this.#subscriptions) subscription.push({ type: 'capabilities', capabilities });
  }

  /** Opens a reader. With a cursor of this log it goes on from there, otherwise it begins with a snapshot. */
  subscribe(cursor?: string): ReportSubscription {
    const after = this.#parseCursor(cursor);
    const subscription = new ReportSubscription({
      resumedFrom: after === undefined ? undefined : this.#cursor(after),
      uids: after === undefined ? this.#entries.keys() : this.#changedAfter(after),
      recordOf: (uid) => this.#recordOf(uid),
      cursor: () => this.#cursor(this.#sequence),
      onClose: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** A reader's records one by one, until the signal aborts: what a provider in the reader's own process answers its watch with. */
  async *watch({ cursor, signal }: { cursor?: string | undefined; signal: AbortSignal }): AsyncGenerator<StreamRecord> {
    for await (const batch of this.subscribe(cursor).batches(signal)) yield* batch;
  }

  /** In the order of the changes, so that a reader cut off in the middle resumes without a gap. */
  #changedAfter(after: number): string[] {
    const changes: Array<[string, number]> = [];
    for (const [uid, entry] of this.#entries) if (entry.sequence > after) changes.push([uid, entry.sequence]);
    for (const [uid, { sequence }] of this.#tombstones) if (sequence > after) changes.push([uid, sequence]);
    return changes.sort((a, b) => a[1] - b[1]).map(([uid]) => uid);
  }

  #recordOf(uid: string): StreamRecord {
    const entry = this.#entries.get(uid);
    if (entry !== undefined) return { type: 'pod', cursor: this.#cursor(entry.sequence), pod: entry.report };
    const tombstone = this.#tombstones.get(uid);
    if (tombstone === undefined) return { type: 'gone', cursor: this.#cursor(this.#sequence), uid };
    return { type: 'gone', cursor: this.#cursor(tombstone.sequence), uid, last: tombstone.last };
  }

  #cursor(sequence: number): string {
    return `${this.#instance}-${sequence}`;
  }

  #parseCursor(cursor: string | undefined): number | undefined {
    const [instance, digits = ''] = cursor?.split('-', 2) ?? [];
    if (instance !== this.#instance || !/^\d{1,15}$/.test(digits)) return undefined;
    const sequence = Number(digits);
    return sequence >= this.#horizon && sequence <= this.#sequence ? sequence : undefined;
  }
}
