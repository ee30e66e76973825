import type { IncomingHttpHeaders } from 'node:http';
import {
  bookmarkIntervalMs,
  type HttpTarget,
  InterLinkError,
  linesOf,
  ndjsonContentType,
  readBody,
  smallBody,
  WholeLines,
} from '@interlink/protocol';
import { WatchJournal } from './watch-journal.ts';
import { readWatchLine, type WatchLine } from './watch-line.ts';
import type { Watcher, WatchSource } from './watcher.ts';

/** A sidecar's answer to a watch that is no stream. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SharedWatchOptions {
  readonly target: HttpTarget;
  /** Without a cursor: it has to know every pod. */
  readonly path: string;
  readonly headers: Record<string, string>;
  /** A sidecar that was not heard for this long is dead. */
  readonly silenceMs: number;
  /** The stream is kept for this long after its last reader. */
  readonly lingerMs: number;
  readonly onEnd: (error: unknown) => void;
  /** Told of every line, beside the readers. */
  readonly onLine?: ((line: WatchLine, text: string) => void) | undefined;
}

/** The sidecar answers at once; what it has to tell it may tell later. */
const headersTimeoutMs = 60_000;
/** A heartbeat that is late by more than this may not come any more: a new reader had better ask for itself. */
const latenessMs = 1_000;

/**
 * One stream of the sidecar, for all who read the same. What a reader is told it would have been told by the sidecar, no later: when
 * the stream ends, theirs do, when it breaks, so do theirs, and each comes again with its cursor.
 */
export class SharedWatch implements WatchSource {
  readonly journal = new WatchJournal();
  /** What the sidecar answers; undefined for a stream. Rejects when it can't be asked. */
  readonly opened: Promise<Refusal | undefined>;
  readonly #options: SharedWatchOptions;
  readonly #watchers = new Set<Watcher>();
  readonly #over = new AbortController();
  readonly #lines = new WholeLines();
  #snapshot: 'awaited' | 'begun' | 'ended' = 'awaited';
  #cursor: string | undefined;
  #heardAt: number | undefined;
  #users = 0;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: SharedWatchOptions) {
    this.#options = options;
    const opened = Promise.withResolvers<Refusal | undefined>();
    this.opened = opened.promise;
    opened.promise.catch(() => undefined);
    void this.#run(opened);
  }

  get isComplete(): boolean {
    return this.#snapshot === 'ended';
  }

  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** False when the sidecar may have died meanwhile: what is known here may be old. */
  get isFresh(): boolean {
    return this.#heardAt === undefined || performance.now() - this.#heardAt < bookmarkIntervalMs + latenessMs;
  }

  /** Keeps the stream open until the returned function is called. */
  hold(): () => void {
    clearTimeout(this.#linger);
    this.#users += 1;
    return () => {
      this.#users -= 1;
      if (this.#users === 0) this.#linger = setTimeout(() => this.#over.abort(), this.#options.lingerMs).unref();
    };
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    if (this.#over.signal.aborted) watcher.cut();
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  async #run(opened: PromiseWithResolvers<Refusal | undefined>): Promise<void> {
    let finish = (watcher: Watcher) => watcher.cut();
    try {
      const { target, path, headers } = this.#options;
      const { signal } = this.#over;
      const response = await target.send({ method: 'GET', path, headers, signal, headersTimeoutMs, isStream: true });
      if (!isStream(response.statusCode, response.headers)) {
        const body = await readBody(response.body, smallBody);
        opened.resolve({ status: response.statusCode, headers: response.headers, body });
        return this.#end(undefined, finish);
      }
      opened.resolve(undefined);
      await this.#read(response.body);
      finish = (watcher) => watcher.end();
      this.#end(undefined, finish);
    } catch (error) {
      opened.reject(error);
      this.#end(error, finish);
    }
  }

  async #read(body: AsyncIterable<Buffer>): Promise<void> {
    const { silenceMs } = this.#options;
    const silent = new InterLinkError('deadline_exceeded', `The sidecar was not heard for ${silenceMs} ms`);
    const timer = setTimeout(() => this.#over.abort(silent), silenceMs);
    try {
      for await (const chunk of body) {
        timer.refresh();
        this.#heardAt = performance.now();
        const lines = this.#lines.take(chunk);
        if (lines !== undefined) this.#take(lines);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(bytes: Buffer): void {
    const keepingUp = new Set([...this.#watchers].filter((watcher) => watcher.keepsUp));
    for (const text of linesOf(bytes)) this.#takeLine(text, keepingUp);
    for (const watcher of this.#watchers) {
      if (keepingUp.has(watcher)) watcher.passOn(bytes);
      else watcher.pump();
    }
  }

  #takeLine(text: string, keepingUp: ReadonlySet<Watcher>): void {
    const line = readWatchLine(text);
    switch (line.type) {
      case 'pod':
      case 'gone':
        this.journal.put(line.uid, text, line.type);
        this.#note(line.cursor);
        break;
      case 'bookmark':
        this.#turn(line.snapshot);
        this.#note(line.cursor);
        break;
      case 'one-off':
        for (const watcher of this.#watchers) if (!keepingUp.has(watcher)) watcher.hold(text);
    }
    this.#options.onLine?.(line, text);
  }

  #note(cursor: string): void {
    this.#cursor = cursor;
    // Cursors inside a snapshot are no place to go on from.
    if (this.isComplete) this.journal.mark(cursor);
  }

  #turn(mark: unknown): void {
    if (mark === 'begin') {
      if (this.#snapshot !== 'awaited') throw new InterLinkError('aborted', 'The sidecar begins with a new snapshot');
      this.#snapshot = 'begun';
    } else if (mark === 'end') this.#snapshot = 'ended';
  }

  #end(error: unknown, finish: (watcher: Watcher) => void): void {
    clearTimeout(this.#linger);
    this.#over.abort();
    this.#options.onEnd(error);
    for (const watcher of this.#watchers) finish(watcher);
  }
}

export function isStream(status: number, headers: IncomingHttpHeaders): boolean {
  return status === 200 && headers['content-type']?.startsWith(ndjsonContentType) === true;
}
