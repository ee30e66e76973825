import type { ServerResponse } from 'node:http';
import { ndjsonContentType, renderNdjson } from '@interlink/protocol';
import { type TellCapabilities, toldLine, toldLines } from './told-capabilities.ts';
import type { WatchJournal } from './watch-journal.ts';

/** Lines written at once to a reader that is behind. */
const batchSize = 256;
/** One-off lines held for a reader that is behind; what is over is dropped, as the sidecar itself does. */
const maxHeldOneOffs = 1_000;

/** The shared stream, as one of its readers sees it. */
export interface WatchSource {
  readonly journal: WatchJournal;
  /** Where the sidecar's stream is; undefined before its first record. */
  readonly cursor: string | undefined;
  /** Its own snapshot has ended: the journal holds every pod. */
  readonly isComplete: boolean;
}

export interface WatcherOptions {
  readonly source: WatchSource;
  readonly response: ServerResponse;
  /** A reader that takes nothing for this long is cut off. It can resume. */
  readonly stallMs: number;
  /** Undefined: it is told of all that the sidecar can do. */
  readonly tell: TellCapabilities | undefined;
}

/**
 * One reader of a shared watch. While it keeps up it is given the sidecar's bytes as they come. While it is slow, or has its snapshot
 * yet to read, it is held in the journal by its place alone.
 */
export class Watcher {
  readonly #source: WatchSource;
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  readonly #tell: TellCapabilities | undefined;
  #phase: 'before snapshot' | 'snapshot' | 'catching up' | 'following' = 'before snapshot';
  #position = 0;
  /** Deletions up to here are none of its business. */
  #startedAt = 0;
  #oneOffs: string[] = [];
  #stall: NodeJS.Timeout | undefined;

  constructor({ source, response, stallMs, tell }: WatcherOptions) {
    this.#source = source;
    this.#response = response;
    this.#stallMs = stallMs;
    this.#tell = tell;
    response.on('drain', () => {
      clearTimeout(this.#stall);
      this.#stall = undefined;
      this.pump();
    });
    response.once('close', () => clearTimeout(this.#stall));
    response.writeHead(200, { 'content-type': ndjsonContentType, 'cache-control': 'no-store' });
    response.flushHeaders();
  }

  /** It lacks nothing, and takes more: bytes of the sidecar can go to it as they are. */
  get keepsUp(): boolean {
    const lacksNothing = this.#position === this.#source.journal.head && this.#oneOffs.length === 0;
    return this.#phase === 'following' && lacksNothing && !this.#isFull;
  }

  /** Begins with a snapshot. */
  startFresh(): void {
    this.#phase = 'before snapshot';
    this.#startedAt = this.#source.journal.head;
    this.pump();
  }

  /** Goes on after a cursor, which the journal has at this place. */
  startAfter(cursor: string, position: number): void {
    // Nothing may have happened since: it is to hear at once that it was heard.
    this.#write(renderNdjson({ type: 'bookmark', cursor }));
    this.startAt(position);
  }

  /** Goes on after a place of the journal. */
  startAt(position: number): void {
    this.#phase = 'following';
    this.#position = position;
    this.#startedAt = position;
    this.pump();
  }

  /** Somebody else tells it of pods until {@link startFresh} or {@link startAt}; one-off lines come from here all the same. */
  startCatchingUp(): void {
    this.#phase = 'catching up';
  }

  /** Lines for a reader that is told of pods by somebody else. @returns false when it is to wait for `drain` */
  tell(lines: string): boolean {
    if (lines !== '') this.#write(lines);
    return !this.#isFull;
  }

  /** Bytes of lines that the journal has by now, for a reader that kept up until them. */
  passOn(bytes: Buffer): void {
    this.#position = this.#source.journal.head;
    this.#write(this.#tell === undefined ? bytes : toldLines(bytes, this.#tell));
  }

  /** A line without its newline. */
  hold(oneOff: string): void {
    if (this.#oneOffs.length >= maxHeldOneOffs) return;
    this.#oneOffs.push(`${this.#tell === undefined ? oneOff : toldLine(oneOff, this.#tell)}\n`);
  }

  /** Writes what it lacks, as far as it takes it. */
  pump(): void {
    while (!this.#isFull && !this.#response.destroyed) {
      const lines = this.#nextLines();
      if (lines === '') return;
      this.#write(lines);
    }
  }

  /** The sidecar has ended the stream. */
  end(): void {
    this.#response.end();
  }

  /** The stream broke: the reader is not to take it for a whole one. */
  cut(): void {
    this.#response.destroy();
  }

  get #isFull(): boolean {
    return this.#stall !== undefined;
  }

  #nextLines(): string {
    const pods = this.#nextPods();
    const oneOffs = this.#oneOffs.join('');
    this.#oneOffs = [];
    return pods + oneOffs;
  }

  #nextPods(): string {
    const { journal, cursor, isComplete } = this.#source;
    if (this.#phase === 'catching up' || cursor === undefined) return '';
    if (this.#phase === 'before snapshot') {
      this.#phase = 'snapshot';
      return renderNdjson({ type: 'bookmark', cursor, snapshot: 'begin' });
    }
    if (journal.horizon > Math.max(this.#position, this.#startedAt)) {
      this.cut();
      return '';
    }
    const lines = this.#nextBatch(journal);
    if (lines !== '' || this.#phase !== 'snapshot' || !isComplete) return lines;
    this.#phase = 'following';
    return renderNdjson({ type: 'bookmark', cursor, snapshot: 'end' });
  }

  /** @returns nothing when there is nothing more */
  #nextBatch(journal: WatchJournal): string {
    for (;;) {
      const entries = journal.after(this.#position, batchSize);
      this.#position = entries.length < batchSize ? journal.head : (entries.at(-1)?.position ?? journal.head);
      const told = entries.filter(({ isGone, position }) => !isGone || position > this.#startedAt);
      if (told.length > 0 || entries.length === 0) return told.map(({ text }) => `${text}\n`).join('');
    }
  }

  #write(data: string | Buffer): void {
    if (this.#response.destroyed || this.#response.write(data) || this.#stall !== undefined) return;
    this.#stall = setTimeout(() => this.#response.destroy(), this.#stallMs).unref();
  }
}
