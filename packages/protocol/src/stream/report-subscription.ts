import { bookmarkIntervalMs, type StreamRecord } from './stream-record.ts';

/** One-off records held for a reader that doesn't read; what is over is dropped, they are only events. */
const maxHeldOneOffs = 1_000;
/** Records handed over at once. */
const batchSize = 256;

export interface ReportSubscriptionOptions {
  /** The cursor that the reader goes on from; undefined: it gets a snapshot. */
  readonly resumedFrom: string | undefined;
  /** What the reader lacks now. */
  readonly uids: Iterable<string>;
  readonly recordOf: (uid: string) => StreamRecord;
  readonly cursor: () => string;
  readonly onClose: () => void;
}

/** One reader of a {@link ReportLog}: which pods it has not seen the newest state of. */
export class ReportSubscription {
  readonly #options: ReportSubscriptionOptions;
  readonly #changed: Set<string>;
  #oneOffs: StreamRecord[] = [];
  #wake: (() => void) | undefined;

  constructor(options: ReportSubscriptionOptions) {
    this.#options = options;
    this.#changed = new Set(options.uids);
  }

  /** Moves the pod to the end of the line, so that records leave in the order of their cursors. */
  touch(uid: string): void {
    this.#changed.delete(uid);
    this.#changed.add(uid);
    this.#wake?.();
  }

  push(record: StreamRecord): void {
    if (this.#oneOffs.length < maxHeldOneOffs) this.#oneOffs.push(record);
    this.#wake?.();
  }

  /** Records in batches, a bookmark at least every {@link bookmarkIntervalMs}, until the signal aborts. Closes itself at the end. */
  async *batches(signal: AbortSignal): AsyncGenerator<StreamRecord[]> {
    try {
      const { resumedFrom, cursor } = this.#options;
      if (resumedFrom === undefined) {
        yield [{ type: 'bookmark', cursor: cursor(), snapshot: 'begin' }];
        yield* this.#drain();
        yield [{ type: 'bookmark', cursor: cursor(), snapshot: 'end' }];
      } else {
        yield [{ type: 'bookmark', cursor: resumedFrom }];
      }
      while (!signal.aborted) {
        await this.#news(signal);
        if (this.#hasNews()) yield* this.#drain();
        // Only to a reader that lacks nothing: a bookmark says that all before its cursor has been told.
        else if (!signal.aborted) yield [{ type: 'bookmark', cursor: cursor() }];
      }
    } finally {
      this.#options.onClose();
    }
  }

  *#drain(): Generator<StreamRecord[]> {
    while (this.#hasNews()) {
      const batch: StreamRecord[] = [];
      for (const uid of this.#changed) {
        if (batch.length >= batchSize) break;
        this.#changed.delete(uid);
        batch.push(this.#options.recordOf(uid));
      }
      batch.push(...this.#oneOffs);
      this.#oneOffs = [];
      yield batch;
    }
  }

  #hasNews(): boolean {
    return this.#changed.size > 0 || this.#oneOffs.length > 0;
  }

  /** Waits for a change, for a bookmark to be due or for the signal. */
  async #news(signal: AbortSignal): Promise<void> {
    if (this.#hasNews() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(finish, bookmarkIntervalMs);
      signal.addEventListener('abort', finish, { once: true });
      this.#wake = finish;
    });
  }
}
