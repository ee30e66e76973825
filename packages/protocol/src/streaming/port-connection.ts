import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { InterLinkError } from '../errors/interlink-error.ts';
import { ChannelSocket } from './channel-socket.ts';
import { sendChunk } from './channel-streams.ts';
import { type Frame, portChannels, renderFrame, renderHalfClose } from './channels.ts';

const bufferedBytes = 1024 * 1024;
/** The reason of a break gets this long to reach the other end. */
const reasonMs = 2_000;

/**
 * One forwarded TCP connection over a WebSocket that has just opened; both ends of the WebSocket hold one. `end()` half-closes,
 * `destroy()` closes. Destroyed with an error, it tells the other end why. It fails when the other end is gone before its end.
 */
export class PortConnection extends Duplex {
  readonly #socket: ChannelSocket;
  #isOver = false;

  constructor(webSocket: WebSocket) {
    super({ allowHalfOpen: true, readableHighWaterMark: bufferedBytes, writableHighWaterMark: 64 * 1024 });
    this.#socket = new ChannelSocket(webSocket, {
      frame: (frame) => this.#take(frame),
      closed: (why) => this.#closed(why),
    });
  }

  override _read(): void {
    this.#socket.release(this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    sendChunk(this.#socket, portChannels.data, chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.send(renderHalfClose(portChannels.data), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#isOver && this.writableFinished) this.#socket.close(1000);
    else if (error === null) this.#socket.abandon();
    else {
      this.#socket.send(renderFrame(portChannels.error, Buffer.from(error.message)));
      this.#socket.close(1000);
      setTimeout(() => this.#socket.abandon(), reasonMs).unref();
    }
    done(error);
  }

  #take({ channel, payload }: Frame): void {
    if (channel === portChannels.data) {
      if (!this.#isOver && payload.length > 0 && !this.push(payload)) this.#socket.hold(this);
    } else if (channel === portChannels.error) {
      this.destroy(new InterLinkError('unavailable', payload.toString('utf8').slice(0, 4096)));
    } else if (channel === portChannels.close && payload[0] === portChannels.data && !this.#isOver) {
      this.#isOver = true;
      this.push(null);
    }
  }

  /** After both half-closes it is the end; what was read before can still be taken. */
  #closed(why: InterLinkError): void {
    if (!this.#isOver || !this.writableFinished) this.destroy(why);
  }
}
