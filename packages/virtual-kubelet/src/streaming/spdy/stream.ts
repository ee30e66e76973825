import { Duplex } from 'node:stream';
import { maxDataBytes, resetStatus } from './frames.ts';
import type { Headers } from './header-block.ts';

/** A stream's side of its connection. */
export interface StreamPort {
  /** `done` is called when the kernel has it, or when it never will. */
  sendData(streamId: number, payload: Buffer, options: { isLast: boolean }, done: () => void): void;
  accept(streamId: number): void;
  reset(streamId: number, status: number): void;
  /** This reader can take no more: nothing is read until all are released. */
  hold(reader: object): void;
  release(reader: object): void;
  /** Nothing more will be sent or taken. */
  forget(streamId: number): void;
}

/**
 * One stream of a connection. It was opened by the peer, who may send at once and waits for {@link accept}; until then nothing
 * may be written. `end()` half-closes it, `destroy()` resets it unless both ends are over. When the peer resets it, it closes.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  readonly #port: StreamPort;
  #isOver = false;
  #isReset = false;

  constructor(port: StreamPort, opened: { id: number; headers: Headers; bufferedBytes: number }) {
    super({ allowHalfOpen: true, readableHighWaterMark: opened.bufferedBytes, writableHighWaterMark: maxDataBytes });
    this.id = opened.id;
    this.headers = opened.headers;
    this.#port = port;
  }

  /** Tells the peer that it may go on. */
  accept(): void {
    this.#port.accept(this.id);
  }

  /** Turns the stream down. */
  refuse(status: number = resetStatus.refusedStream): void {
    this.#reset(status);
    this.destroy();
  }

  /** Of the connection: what the peer sent. */
  receive(payload: Buffer): void {
    if (this.#isOver || this.destroyed || payload.length === 0) return;
    if (!this.push(payload)) this.#port.hold(this);
  }

  /** Of the connection: the peer has ended its half. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.push(null);
  }

  /** Of the connection: the peer has reset the stream, or is gone. */
  cut(): void {
    this.#isReset = true;
    this.destroy();
  }

  override _read(): void {
    this.#port.release(this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk, done);
  }

  override _final(done: () => void): void {
    this.#port.sendData(this.id, Buffer.alloc(0), { isLast: true }, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isOver || !this.writableFinished) this.#reset(resetStatus.cancel);
    this.#port.release(this);
    this.#port.forget(this.id);
    done(error);
  }

  #send(chunk: Buffer, done: () => void): void {
    const rest = chunk.subarray(maxDataBytes);
    const next = rest.length === 0 ? done : () => this.#send(rest, done);
    this.#port.sendData(this.id, chunk.subarray(0, maxDataBytes), { isLast: false }, next);
  }

  #reset(status: number): void {
    if (!this.#isReset) this.#port.reset(this.id, status);
    this.#isReset = true;
  }
}
