import type { Duplex } from 'node:stream';
import { constants, createDeflate } from 'node:zlib';
import { headerDictionary } from '../dictionary.ts';
import { FrameReader } from '../frame-reader.ts';
import { type Frame, frameTypes, renderControl, renderDataHeader } from '../frames.ts';

/** A client with its hands on the frames: opens streams as it likes, and writes down what comes. */
export class SpdyClient {
  readonly socket: Duplex;
  /** All that came, data whole or in parts. */
  readonly frames: Frame[] = [];
  /** True once the server has ended the connection. */
  isOver = false;
  readonly #deflate = createDeflate({ dictionary: headerDictionary });
  #nextId = 1;

  constructor(socket: Duplex) {
    this.socket = socket;
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => this.frames.push(...reader.read(chunk)));
    socket.on('error', () => undefined).once('close', () => this.#end());
    socket.once('end', () => this.#end());
  }

  /** @returns the stream's id */
  async open(headers: Record<string, string>, options: { id?: number; isLast?: boolean } = {}): Promise<number> {
    const id = options.id ?? this.#nextId;
    this.#nextId = id + 2;
    const block = await this.compress(renderHeaders(headers));
    const payload = Buffer.alloc(10);
    payload.writeUInt32BE(id);
    const frame = renderControl(frameTypes.synStream, payload, block);
    if (options.isLast === true) frame[4] = 1;
    this.socket.write(frame);
    return id;
  }

  send(streamId: number, payload: string | Buffer, options: { isLast: boolean } = { isLast: false }): void {
    this.socket.write(renderDataHeader(streamId, Buffer.byteLength(payload), options));
    this.socket.write(payload);
  }

  /** The next block of the connection's zlib stream. */
  async compress(bytes: Buffer): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer) => chunks.push(chunk);
    this.#deflate.on('data', take);
    this.#deflate.write(bytes);
    await new Promise<void>((resolve) => this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    this.#deflate.off('data', take);
    return Buffer.concat(chunks);
  }

  /** What came on a stream so far. */
  received(streamId: number): string {
    return this.#dataOf(streamId)
      .map(({ payload }) => payload.toString('latin1'))
      .join('');
  }

  isFinished(streamId: number): boolean {
    return this.#dataOf(streamId).some(({ isLast }) => isLast);
  }

  has(kind: Frame['kind'], streamId?: number): boolean {
    return this.frames.some(
      (frame) =>
        frame.kind === kind && (streamId === undefined || ('streamId' in frame && frame.streamId === streamId)),
    );
  }

  #dataOf(streamId: number) {
    return this.frames.filter((frame) => frame.kind === 'data' && frame.streamId === streamId) as Extract<
      Frame,
      { kind: 'data' }
    >[];
  }

  #end(): void {
    this.isOver = true;
    this.#deflate.close();
  }
}

export function renderHeaders(headers: Record<string, string>): Buffer {
  const entries = Object.entries(headers);
  const parts = [uint32(entries.length)];
  for (const text of entries.flat()) {
    const bytes = Buffer.from(text, 'latin1');
    parts.push(uint32(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
