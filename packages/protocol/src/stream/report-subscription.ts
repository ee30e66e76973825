import { bookmarkIntervalMs, type StreamRecord } from './stream-record.ts';

/** One-off records held for a reader that doesn't read; what is over is dropped, they are only events. */
const maxHeldOneOffs = 1_000;
/** Records handed over at once. */
const batchSize = 256;

export interface ReportSubscriptionOptions {
  readonly isSnapshot: boolean;
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
      if (this.#options.isSnapshot) {
        const cursor = this.#options.cursor();
        yield [{ type: 'bookmark', cursor, snapshot: 'begin' }];
        yield* this.#drain();
        yield [{ type: 'bookmark', cursor: this.#options.cursor(), snapshot: 'end' }];
      } else {
        yield [{ type: 'bookmark', cursor: this.#options.cursor() }];
      }
      while (!signal.aborted) {
        const hasNews = await this.#news(signal);
        if (hasNews) yield* this.#drain();
        else if (!signal.aborted) yield [{ type: 'bookmark', cursor: this.#options.cursor() }];
      }
    } finally {
      this.#options.onClose();
    }
  }

  *#drain(): Generator<StreamRecord[]> {
    while (this.#changed.size > 0 || this.#oneOffs.length > 0) {
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

  /** Waits for a change (true), or for a bookmark to be due or the signal (false). */
  async #news(signal: AbortSignal): Promise<boolean> {
    if (this.#changed.size > 0 || this.#oneOffs.length > 0) return true;
    return await new Promise<boolean>((resolve) => {
      const finish = (hasNews: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#wake = undefined;
        resolve(hasNews);
      };
      const onAbort = () => finish(false);
      const timer = setTimeout(() => finish(false), bookmarkIntervalMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#wake = () => finish(true);
    });
  }
}
