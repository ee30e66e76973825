import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameReader } from './frame-reader.ts';
import {
  type Frame,
  renderDataHeader,
  renderGoAway,
  renderPing,
  renderReset,
  renderSynReply,
  resetStatus,
  SpdyError,
} from './frames.ts';
import { emptyBlocks, HeaderReader } from './header-block.ts';
import { SpdyStream, type StreamPort } from './stream.ts';

export interface SpdyConnectionOptions {
  /** Streams that are open at the same time; more are refused. */
  readonly maxStreams: number;
  /** What a stream's reader has not taken is kept up to here; then the whole connection waits, as late as possible. */
  readonly bufferedBytes: number;
  /** The same of all streams together. Default: no limit of its own. */
  readonly totalBufferedBytes?: number | undefined;
  /** Without data or a new stream for this long, the connection is closed. */
  readonly idleTimeoutMs: number;
  /** Called for each new stream, which is to be accepted or refused. */
  onStream(stream: SpdyStream): void;
}

/** While nothing is read, only writing tells that the peer is gone: it is done this often. */
const heldBeatMs = 2_000;
/** At the end the peer gets this long to close its side. */
const lingerMs = 3_000;
/** What all streams have is counted after each so many bytes, and looked at this often while it is too much. */
const countEveryBytes = 1024 * 1024;
const countEveryMs = 50;
/** Of answers that the peer makes us write and does not read. */
const maxUnreadAnswers = 64 * 1024;

/** The server's end of a SPDY/3.1 connection over any byte stream. The streams are the peer's; this end opens none. */
export class SpdyConnection implements StreamPort {
  readonly #socket: Duplex;
  readonly #options: SpdyConnectionOptions;
  readonly #headers = new HeaderReader();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #full = new Set<object>();
  readonly #idle: NodeJS.Timeout;
  #heldBeat: NodeJS.Timeout | undefined;
  #readOn: (() => void) | undefined;
  #answersUnread = 0;
  #uncountedBytes = 0;
  #lastStreamId = 0;
  #hasReplied = false;
  #isClosing = false;
  #isOver = false;

  constructor(socket: Duplex, options: SpdyConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#idle = setTimeout(() => socket.destroy(), options.idleTimeoutMs).unref();
    socket.on('error', () => undefined);
  }

  /** Open streams. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Reads until the peer ends the connection or it breaks; then all its streams are closed.
   * @throws SpdyError when the peer does not keep to the protocol
   */
  async run(): Promise<void> {
    const reader = new FrameReader();
    // Ours alone notices the end while the loop waits for something else.
    this.#socket.once('close', () => this.#end());
    try {
      for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
        for (const frame of reader.read(chunk)) await this.#take(frame);
        if (this.#isOver) break;
        while (this.#mustWait()) await new Promise<void>((resolve) => (this.#readOn = resolve));
      }
    } catch (error) {
      if (error instanceof SpdyError && !this.#isOver) throw error;
    } finally {
      this.#end();
      this.#socket.destroy();
    }
  }

  /** Says goodbye after what was sent, and waits for the peer to close; {@link run} ends then. What still comes is dropped. */
  close(): void {
    if (this.#isClosing || this.#isOver) return;
    this.#isClosing = true;
    this.#full.clear();
    this.#continue();
    this.#socket.write(renderGoAway(this.#lastStreamId));
    // Only once the kernel has it all: a reader that is slow has no time limit.
    this.#socket.end(() => void this.#linger());
  }

  sendData(streamId: number, payload: Buffer, options: { isLast: boolean }, done: () => void): void {
    if (this.#isOver || this.#isClosing || !this.#socket.writable) return void process.nextTick(done);
    this.#idle.refresh();
    const header = renderDataHeader(streamId, payload.length, options);
    if (payload.length === 0) return void this.#socket.write(header, () => done());
    this.#socket.cork();
    this.#socket.write(header);
    this.#socket.write(payload, () => done());
    this.#socket.uncork();
  }

  accept(streamId: number): void {
    this.#answer(renderSynReply(streamId, this.#hasReplied ? emptyBlocks.later : emptyBlocks.first));
    this.#hasReplied = true;
  }

  reset(streamId: number, status: number): void {
    this.#answer(renderReset(streamId, status));
  }

  hold(reader: object): void {
    if (this.#isClosing || this.#isOver) return;
    if (this.#full.size === 0) this.#heldBeat = setInterval(() => this.#sayAlive(), heldBeatMs).unref();
    this.#full.add(reader);
  }

  release(reader: object): void {
    if (this.#full.delete(reader) && this.#full.size === 0) this.#continue();
  }

  forget(streamId: number): void {
    this.#streams.delete(streamId);
  }

  async #take(frame: Frame): Promise<void> {
    switch (frame.kind) {
      case 'data': {
        if (this.#isClosing) return;
        this.#idle.refresh();
        const stream = this.#streams.get(frame.streamId);
        stream?.receive(frame.payload);
        if (frame.isLast) stream?.finish();
        this.#uncountedBytes += frame.payload.length;
        if (this.#uncountedBytes >= countEveryBytes) this.#limitTotal();
        return;
      }
      case 'synStream':
        return await this.#open(frame.streamId, frame.block, frame.isLast);
      case 'headers':
        await this.#headers.read(frame.block);
        if (frame.isLast) this.#streams.get(frame.streamId)?.finish();
        return;
      case 'rstStream':
        return this.#streams.get(frame.streamId)?.cut();
      case 'ping':
        return this.#answer(renderPing(frame.id));
      case 'goAway':
      case 'ignored':
        return;
    }
  }

  async #open(id: number, block: Buffer, isLast: boolean): Promise<void> {
    if (id % 2 === 0 || id <= this.#lastStreamId) throw new SpdyError(`SPDY stream ${id} after ${this.#lastStreamId}`);
    this.#lastStreamId = id;
    this.#idle.refresh();
    const headers = await this.#headers.read(block);
    if (this.#isClosing || this.#isOver) return;
    if (this.#streams.size >= this.#options.maxStreams) return this.reset(id, resetStatus.refusedStream);
    const stream = new SpdyStream(this, { id, headers, bufferedBytes: this.#options.bufferedBytes });
    this.#streams.set(id, stream);
    // A stream that is reset is no failure of anything else.
    stream.on('error', () => undefined);
    if (isLast) stream.finish();
    this.#options.onStream(stream);
  }

  #answer(frame: Buffer): void {
    if (this.#isOver || this.#isClosing || !this.#socket.writable) return;
    this.#answersUnread += frame.length;
    this.#socket.write(frame, () => {
      this.#answersUnread -= frame.length;
      if (!this.#mustWait()) this.#continue();
    });
  }

  /**
   * A ping would have to be answered: the peer, whose sending stands still because nothing is read here, would not read on before
   * its answer has gone out. No data needs no answer.
   */
  #sayAlive(): void {
    const [id] = this.#streams.keys();
    if (id !== undefined) this.#answer(renderDataHeader(id, 0, { isLast: false }));
  }

  /** A peer may fill many streams a little: then the connection waits, too, until half of it was taken. */
  #limitTotal(): void {
    this.#uncountedBytes = 0;
    const { totalBufferedBytes = Number.POSITIVE_INFINITY } = this.#options;
    const total = () => [...this.#streams.values()].reduce((sum, { readableLength }) => sum + readableLength, 0);
    if (this.#full.has(this) || total() <= totalBufferedBytes) return;
    this.hold(this);
    const looking = setInterval(() => {
      const isHeld = !this.#isOver && !this.#isClosing;
      if (isHeld && total() > totalBufferedBytes / 2) return;
      clearInterval(looking);
      this.release(this);
    }, countEveryMs).unref();
  }

  #mustWait(): boolean {
    return !this.#isOver && (this.#full.size > 0 || this.#answersUnread > maxUnreadAnswers);
  }

  #continue(): void {
    if (this.#full.size === 0) clearInterval(this.#heldBeat);
    this.#readOn?.();
    this.#readOn = undefined;
  }

  async #linger(): Promise<void> {
    await delay(lingerMs, undefined, { ref: false });
    this.#socket.destroy();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#idle);
    for (const stream of this.#streams.values()) stream.cut();
    this.#full.clear();
    this.#continue();
    this.#headers.close();
  }
}
