import { Readable, Writable } from 'node:stream';
import type { ChannelSocket } from './channel-socket.ts';
import { maxChunkBytes, renderFrame, renderHalfClose } from './channels.ts';

/** What a channel's reader has not taken yet is kept up to here; then the whole socket waits, as late as possible. */
const bufferedBytes = 1024 * 1024;

/** Sends a chunk on a channel in parts of 64 KiB, one after another, as fast as the peer takes them. */
export function sendChunk(socket: ChannelSocket, channel: number, chunk: Uint8Array, done: () => void): void {
  const part = chunk.subarray(0, maxChunkBytes);
  const rest = chunk.subarray(maxChunkBytes);
  socket.send(renderFrame(channel, part), rest.length === 0 ? done : () => sendChunk(socket, channel, rest, done));
}

/** The writing end of a channel; `end()` half-closes it. Once the socket is closed it swallows what it is given. */
export function createChannelWriter(socket: ChannelSocket, channel: number): Writable {
  return new Writable({
    highWaterMark: maxChunkBytes,
    write: (chunk: Buffer, _encoding, done) => sendChunk(socket, channel, chunk, done),
    final: (done) => socket.send(renderHalfClose(channel), done),
  });
}

/** The reading end of a channel. It never fails: it ends. */
export class ChannelReader extends Readable {
  readonly #socket: ChannelSocket;
  #isOver = false;

  constructor(socket: ChannelSocket) {
    super({ highWaterMark: bufferedBytes });
    this.#socket = socket;
  }

  receive(payload: Buffer): void {
    if (this.#isOver || this.destroyed || payload.length === 0) return;
    if (!this.push(payload)) this.#socket.hold(this);
  }

  /** End-of-file after what was taken. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.push(null);
  }

  override _read(): void {
    this.#socket.release(this);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.release(this);
    done(error);
  }
}
