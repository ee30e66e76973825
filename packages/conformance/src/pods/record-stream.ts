import { InterLinkError, type PodReport, parseNdjson, type StreamRecord } from '@interlink/protocol';
import { ConformanceFailure, show } from '../failure.ts';
import type { OpenAnswer } from '../http/caller.ts';

/** A stream of `?watch=true`, read as it comes; all records are kept. */
export class RecordStream {
  readonly contentType: string;
  /** Taken at their word: their shape has a check of its own. */
  readonly records: StreamRecord[] = [];
  readonly #patienceMs: number;
  readonly #close: () => void;
  #end: string | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(answer: OpenAnswer, options: { patienceMs: number; close: () => void }) {
    this.contentType = answer.contentType;
    this.#patienceMs = options.patienceMs;
    this.#close = options.close;
    void this.#read(answer.body);
  }

  /** Waits until the records hold what is looked for. @throws ConformanceFailure when they don't in time, or the stream ends before */
  async until<T>(wanted: string, look: (records: ReadonlyArray<StreamRecord>) => T | undefined): Promise<T> {
    const timeout = AbortSignal.timeout(this.#patienceMs);
    const late = new Promise<void>((resolve) => timeout.addEventListener('abort', () => resolve(), { once: true }));
    for (;;) {
      const changed = this.#changed.promise;
      const found = look(this.records);
      if (found !== undefined) return found;
      if (timeout.aborted || this.#end !== undefined) break;
      await Promise.race([changed, late]);
    }
    const end = this.#end ?? `the stream is still open after ${this.#patienceMs / 1_000} s`;
    throw new ConformanceFailure({
      wanted: `the stream tells ${wanted}`,
      seen: `${this.records.map(outline).join(', ') || 'no record'}; ${end}`,
    });
  }

  /** @throws ConformanceFailure when the stream does not end in time */
  async untilEnd(): Promise<void> {
    await this.until('its end', () => (this.#end === undefined ? undefined : true));
  }

  /** Waits for a state of one pod. @returns its report */
  async untilPod(uid: string, what: string, isSo: (report: PodReport) => boolean): Promise<PodReport> {
    return await this.until(`pod ${uid} ${what}`, () => this.reportsOf(uid).find(isSo));
  }

  /** What the stream told of one pod, in order; `gone` with its last state counts. */
  reportsOf(uid: string): PodReport[] {
    return this.records.flatMap((record) => {
      if (record.type === 'pod' && record.pod.uid === uid) return [record.pod];
      if (record.type === 'gone' && record.uid === uid && record.last !== undefined) return [record.last];
      return [];
    });
  }

  close(): void {
    this.#close();
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const record of parseNdjson(body)) {
        this.records.push(record as StreamRecord);
        this.#notify();
      }
      this.#end = 'the stream has ended';
    } catch (error) {
      this.#end = `the stream broke off: ${InterLinkError.from(error).message}`;
    }
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** The last cursor, to resume from. @throws ConformanceFailure when there is none */
export function lastCursor(records: ReadonlyArray<StreamRecord>): string {
  const last = records.findLast((record) => 'cursor' in record);
  if (last !== undefined && 'cursor' in last) return last.cursor;
  throw new ConformanceFailure({ wanted: 'records with a cursor', seen: records.map(outline).join(', ') });
}

/** One record in a few words. */
export function outline(record: StreamRecord): string {
  if (record.type === 'bookmark')
    return `bookmark${record.snapshot === undefined ? '' : ` (snapshot: ${record.snapshot})`}`;
  if (record.type === 'gone') return `gone ${record.uid}`;
  if (record.type !== 'pod') return record.type;
  return `pod ${record.pod.uid} ${show(record.pod.status.containerStatuses.map(({ state }) => Object.keys(state)[0]))}`;
}
