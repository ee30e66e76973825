import { type Owner, type PodEvent, parseStreamRecord } from '@interlink/protocol';
import { type PodRow, readReport, toPodRow } from './pod-row.ts';

/** Events kept of one pod, and of one owner: a backend may tell any number. */
const maxEventsPerPod = 20;
const maxEvents = 2_000;
/** Longer lines are no event that a page could show. */
const maxEventLength = 16 * 1024;

export interface SeenEvent extends PodEvent {
  /** Milliseconds since the epoch, by InterLink's clock. */
  readonly at: number;
}

/** A pod as its newest line has it. */
export interface PodEntry {
  readonly uid: string;
  readonly owner: Owner;
  /** The line itself, which the stream's journal holds, too. */
  readonly text: string;
  readonly sequence: number;
  /** When InterLink first heard of it, in milliseconds since the epoch. */
  readonly firstSeenAt: number;
  /** It appeared while InterLink looked: `firstSeenAt` is when it was created, and not when InterLink came. */
  readonly isSeenFromStart: boolean;
  /** Read when somebody looks: many lines come that nobody looks at. */
  readonly row: PodRow;
}

interface Arrival {
  readonly sequence: number;
  readonly now: number;
  readonly isNew: boolean;
}

/** What is known of one owner, which is one virtual node. */
export class OwnerBoard {
  readonly owner: Owner;
  readonly pods = new Map<string, PodEntry>();
  readonly #events = new Map<string, SeenEvent[]>();
  #eventCount = 0;
  #watches = 0;
  #watchedSince = 0;
  #heardAt = 0;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** Whether a virtual kubelet follows its pods right now. */
  get isWatched(): boolean {
    return this.#watches > 0;
  }

  /** Milliseconds since the epoch. */
  get watchedSince(): number {
    return this.#watchedSince;
  }

  /** When the sidecar's stream last told something, heartbeats included; milliseconds since the epoch. */
  get heardAt(): number {
    return this.#heardAt;
  }

  begin(now: number): void {
    if (this.#watches === 0) this.#watchedSince = now;
    this.#watches += 1;
    this.hear(now);
  }

  end(): void {
    this.#watches -= 1;
  }

  hear(now: number): void {
    this.#heardAt = now;
  }

  put(uid: string, text: string, { sequence, now, isNew }: Arrival): void {
    const known = this.pods.get(uid);
    // A snapshot tells again what is known.
    if (known?.text === text) return;
    this.pods.set(uid, new Entry({ uid, text, sequence, owner: this.owner }, known ?? { now, isNew }));
  }

  /** Oldest first. */
  eventsOf(uid: string): ReadonlyArray<SeenEvent> {
    return this.#events.get(uid) ?? [];
  }

  /** Takes what is an event from a line without a place in the stream. */
  noteEvent(text: string, now: number): void {
    const record = readEvent(text);
    if (record === undefined) return;
    const events = this.#events.get(record.uid) ?? [];
    // Back to the end of the map: what has been silent for the longest goes first.
    this.#events.delete(record.uid);
    this.#events.set(record.uid, events);
    events.push({ ...record.event, at: now });
    this.#eventCount += 1;
    if (events.length > maxEventsPerPod) {
      events.shift();
      this.#eventCount -= 1;
    }
    for (const [uid, old] of this.#events) {
      if (this.#eventCount <= maxEvents) break;
      this.#events.delete(uid);
      this.#eventCount -= old.length;
    }
  }
}

class Entry implements PodEntry {
  readonly uid: string;
  readonly owner: Owner;
  readonly text: string;
  readonly sequence: number;
  readonly firstSeenAt: number;
  readonly isSeenFromStart: boolean;
  #row: PodRow | undefined;

  constructor(
    { uid, owner, text, sequence }: Pick<PodEntry, 'uid' | 'owner' | 'text' | 'sequence'>,
    before: PodEntry | Pick<Arrival, 'now' | 'isNew'>,
  ) {
    this.uid = uid;
    this.owner = owner;
    this.text = text;
    this.sequence = sequence;
    this.firstSeenAt = 'now' in before ? before.now : before.firstSeenAt;
    this.isSeenFromStart = 'now' in before ? before.isNew : before.isSeenFromStart;
  }

  get row(): PodRow {
    this.#row ??= toPodRow(readReport(this.text));
    return this.#row;
  }
}

function readEvent(text: string) {
  if (text.length > maxEventLength) return undefined;
  try {
    const record = parseStreamRecord(JSON.parse(text));
    return record.type === 'event' ? record : undefined;
  } catch {
    return undefined;
  }
}
