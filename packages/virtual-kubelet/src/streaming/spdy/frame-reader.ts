import {
  type Frame,
  type FrameHeader,
  frameHeaderBytes,
  parseControlFrame,
  parseFrameHeader,
  SpdyError,
} from './frames.ts';

/** Control frames of Kubernetes' clients have less than a hundred bytes. */
const maxControlBytes = 64 * 1024;

/**
 * Makes frames of a byte stream. It keeps no more than one control frame: of data it hands out what has come, in parts.
 */
export class FrameReader {
  /** The start of a header or of a control frame whose end has not come yet. */
  #kept: Buffer = Buffer.alloc(0);
  #header: FrameHeader | undefined;
  /** Of the data frame in `#header`, what has not come yet. */
  #left = 0;

  /** @throws SpdyError when this is not SPDY/3.1 */
  *read(chunk: Buffer): Generator<Frame> {
    let bytes = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.alloc(0);
    for (;;) {
      if (this.#header === undefined) {
        if (bytes.length < frameHeaderBytes) break;
        this.#header = parseFrameHeader(bytes);
        this.#left = this.#header.length;
        bytes = bytes.subarray(frameHeaderBytes);
      }
      const header = this.#header;
      const take = Math.min(this.#left, bytes.length);
      if (header.type === undefined) {
        if (take === 0 && this.#left > 0) break;
        this.#left -= take;
        if (this.#left === 0) this.#header = undefined;
        const isLast = header.isFin && this.#left === 0;
        yield { kind: 'data', streamId: header.streamId, payload: bytes.subarray(0, take), isLast };
      } else {
        if (header.length > maxControlBytes)
          throw new SpdyError(`SPDY control frame of ${header.length} bytes is too long`);
        if (take < header.length) break;
        this.#header = undefined;
        yield parseControlFrame(header, bytes.subarray(0, take));
      }
      bytes = bytes.subarray(take);
    }
    this.#kept = bytes;
  }
}
