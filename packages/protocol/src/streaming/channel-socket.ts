import type { RawData, WebSocket } from 'ws';
import { InterLinkError } from '../errors/interlink-error.ts';
import { binaryFraming, type ChannelFraming, type Frame } from './channels.ts';

/** A peer is asked for a sign of life this often. */
const heartbeatMs = 7_000;
/** And is dead when it has not answered so many: after 28 s. They are counted, so that a pause of our own is not taken for its silence. */
const maxUnanswered = 3;
/** While nothing is read, only writing tells that the peer is gone: it is done this often. */
const heldBeatMs = 2_000;

/** What its user wants to know of it. */
export interface ChannelListener {
  frame(frame: Frame): void;
  /** Once; whatever was to come has come. */
  closed(why: InterLinkError): void;
}

export interface ChannelSocketOptions {
  /** Default: {@link binaryFraming}. */
  readonly framing?: ChannelFraming | undefined;
  /** `trusted`: a peer may be silent for as long as TCP holds; its program may look at the connection now and then only. Default: `asked`. */
  readonly silence?: 'asked' | 'trusted' | undefined;
}

/**
 * An open WebSocket that carries channels, with what both ends need: a heartbeat, and reading that stops while somebody's
 * buffer is full. While it reads nothing it can hear nothing either: then silence is no sign of death, and it tells its peer by
 * itself that it lives.
 */
export class ChannelSocket {
  readonly #socket: WebSocket;
  readonly #listener: ChannelListener;
  readonly #full = new Set<object>();
  readonly #framing: ChannelFraming;
  readonly #heartbeat: NodeJS.Timeout | undefined;
  #heldBeat: NodeJS.Timeout | undefined;
  #unanswered = 0;

  /** To be made in the turn in which the WebSocket opens: what comes before has no listener. */
  constructor(socket: WebSocket, listener: ChannelListener, options: ChannelSocketOptions = {}) {
    this.#socket = socket;
    this.#listener = listener;
    this.#framing = options.framing ?? binaryFraming;
    if (options.silence !== 'trusted') this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
    socket.on('message', (data: RawData, isBinary: boolean) => this.#take(data, isBinary));
    for (const sign of ['ping', 'pong'] as const) socket.on(sign, () => this.#hear());
    let failure: Error | undefined;
    socket.on('error', (error: Error) => {
      failure = error;
    });
    socket.once('close', (code: number, reason: Buffer) => {
      clearInterval(this.#heartbeat);
      clearInterval(this.#heldBeat);
      listener.closed(whyClosed(code, String(reason), failure));
    });
  }

  /** Sends a message. `done` is called once the kernel has it, or when it never will. */
  send(message: Buffer, done?: () => void): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#framing.send(this.#socket, message, () => done?.());
    else if (done !== undefined) process.nextTick(done);
  }

  /** This reader can take no more: nothing is read until all readers are {@link release}d. */
  hold(reader: object): void {
    if (this.#full.size === 0) {
      this.#socket.pause();
      this.#heldBeat = setInterval(() => this.#sayAlive(), heldBeatMs).unref();
    }
    this.#full.add(reader);
  }

  release(reader: object): void {
    if (this.#full.delete(reader) && this.#full.size === 0) this.#readOn();
  }

  /** Closes after what was sent. What still comes is dropped. @param code https://www.rfc-editor.org/rfc/rfc6455#section-7.4 */
  close(code: number, reason = ''): void {
    this.#socket.close(code, reason);
    this.#full.clear();
    this.#readOn();
  }

  /** Breaks the connection; what waits to be sent is lost. A close would wait for a peer that takes nothing. */
  abandon(): void {
    this.#socket.terminate();
  }

  #take(data: RawData, isBinary: boolean): void {
    this.#hear();
    // ws hands out one Buffer unless it is told otherwise.
    const frame = Buffer.isBuffer(data) ? this.#framing.parse(data, { isBinary }) : undefined;
    if (frame !== undefined && this.#socket.readyState === this.#socket.OPEN) this.#listener.frame(frame);
  }

  #hear(): void {
    this.#unanswered = 0;
  }

  #readOn(): void {
    clearInterval(this.#heldBeat);
    this.#hear();
    this.#socket.resume();
  }

  #beat(): void {
    if (this.#full.size > 0) return;
    // A peer that takes nothing from us may be as stuck as we are; if it is dead, TCP finds out.
    if (this.#socket.bufferedAmount > 0) this.#unanswered = 0;
    if (this.#unanswered >= maxUnanswered) this.#socket.terminate();
    else if (this.#socket.readyState === this.#socket.OPEN) {
      this.#unanswered += 1;
      this.#socket.ping();
    }
  }

  /**
   * A peer that waits for our answer to its pings, which we don't read, takes an unasked one. A ping of ours would make it answer
   * while its sending stands still: one with a time limit for that, as Go's clients have, would break the connection off.
   */
  #sayAlive(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.pong();
  }
}

function whyClosed(code: number, reason: string, failure: Error | undefined): InterLinkError {
  if (failure !== undefined) {
    return new InterLinkError('unavailable', `The connection broke: ${failure.message}`, { cause: failure });
  }
  if (code === 1006) return new InterLinkError('unavailable', 'The connection broke: the peer is gone');
  return new InterLinkError(
    'unavailable',
    `The peer closed the connection: ${reason === '' ? `code ${code}` : reason}`,
  );
}
