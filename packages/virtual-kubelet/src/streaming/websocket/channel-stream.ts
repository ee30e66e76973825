import { Duplex } from 'node:stream';
import { type ChannelSocket, sendChunk } from '@interlink/protocol';

/** What a channel's reader has not taken yet is kept up to here; then the whole socket waits, as late as possible. */
const readBytes = 1024 * 1024;
const writeBytes = 64 * 1024;

/** Both directions of one channel. The older protocols know no half-close: `end()` is silent, and the end of reading comes from outside. */
export class ChannelStream extends Duplex {
  readonly #socket: ChannelSocket;
  readonly #channel: number;
  readonly #onTraffic: () => void;
  #isOver = false;

  /** @param onTraffic called for what comes and for what goes */
  constructor(socket: ChannelSocket, channel: number, onTraffic: () => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: readBytes, writableHighWaterMark: writeBytes });
    this.#socket = socket;
    this.#channel = channel;
    this.#onTraffic = onTraffic;
    // That the caller is gone is no failure of anything else.
    this.on('error', () => undefined);
  }

  /** What the peer sent on the channel. */
  receive(payload: Buffer): void {
    this.#onTraffic();
    if (this.#isOver || this.destroyed || payload.length === 0) return;
    if (!this.push(payload)) this.#socket.hold(this);
  }

  /** The peer sends no more. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.push(null);
  }

  override _read(): void {
    this.#socket.release(this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#onTraffic();
    sendChunk(this.#socket, this.#channel, chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.release(this);
    done(error);
  }
}
