import { constants, createInflate, type Inflate } from 'node:zlib';
import { headerDictionary } from './dictionary.ts';
import { SpdyError } from './frames.ts';

/** Limits of one block: Kubernetes' clients send three headers of a few bytes. */
const maxHeaders = 32;
const maxInflatedBytes = 64 * 1024;

/** Names in lower case; several values of one name are separated by a NUL. */
export type Headers = ReadonlyMap<string, string>;

/**
 * Reads the compressed header blocks of a connection: all of them, in the order of their frames, and one after another, because
 * they are one zlib stream (https://datatracker.ietf.org/doc/html/draft-mbelshe-httpbis-spdy-00#section-2.6.10).
 */
export class HeaderReader {
  readonly #inflate: Inflate;
  #chunks: Buffer[] = [];
  #size = 0;
  #fail: ((error: Error) => void) | undefined;

  constructor() {
    this.#inflate = createInflate({ dictionary: headerDictionary, finishFlush: constants.Z_SYNC_FLUSH });
    this.#inflate.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#inflate.on('error', (error) => this.#fail?.(error));
  }

  /** @throws SpdyError for what is no header block, and for one beyond the limits */
  async read(block: Buffer): Promise<Headers> {
    this.#chunks = [];
    this.#size = 0;
    await new Promise<void>((resolve, reject) => {
      this.#fail = (error) => reject(new SpdyError(`SPDY header block can't be read: ${error.message}`));
      if (this.#inflate.destroyed) this.#fail(new Error('the connection is over'));
      else this.#inflate.write(block, (error) => (error ? this.#fail?.(error) : resolve()));
    });
    return parseHeaders(Buffer.concat(this.#chunks));
  }

  close(): void {
    this.#inflate.destroy();
    this.#fail?.(new Error('the connection is over'));
  }

  #take(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= maxInflatedBytes) this.#chunks.push(chunk);
    else {
      this.#fail?.(new Error(`it has more than ${maxInflatedBytes} bytes`));
      this.#inflate.destroy();
    }
  }
}

/** Reads an inflated block: a count, then names and values with their lengths, all in 32 bits. @throws SpdyError */
export function parseHeaders(bytes: Buffer): Headers {
  let at = 0;
  const word = () => {
    if (bytes.length < at + 4) throw new SpdyError('SPDY header block is cut off');
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const text = () => {
    const length = word();
    if (bytes.length < at + length) throw new SpdyError('SPDY header block is cut off');
    at += length;
    return bytes.toString('latin1', at - length, at);
  };
  const count = word();
  if (count > maxHeaders)
    throw new SpdyError(`SPDY header block has ${count} headers, at most ${maxHeaders} are taken`);
  const headers = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const name = text().toLowerCase();
    headers.set(name, text());
  }
  return headers;
}

/**
 * An empty header block, compressed beforehand: zlib's header and no dictionary (the first on a connection only), then the
 * number 0 in a stored block. The empty stored block at the end makes the peer's decompressor hand it out: Go's would wait for
 * more, and the stream after it would hang.
 */
const zlibHeader = [0x78, 0x01];
const storedZero = [0x00, 0x04, 0x00, 0xfb, 0xff, 0x00, 0x00, 0x00, 0x00];
const syncFlush = [0x00, 0x00, 0x00, 0xff, 0xff];
export const emptyBlocks = {
  first: Buffer.from([...zlibHeader, ...storedZero, ...syncFlush]),
  later: Buffer.from([...storedZero, ...syncFlush]),
};
