import { InterLinkError } from '../errors/interlink-error.ts';

/** A line longer than this is an attack or a mistake, not a record: Kubernetes stores no object of more than 1.5 MiB. */
const maxLineBytes = 4 * 1024 * 1024;
const newline = 0x0a;

/**
 * Holds back of a byte stream what is no whole line yet. The begun line is copied: one that comes in drips must not keep a whole
 * buffer for each of them.
 */
export class WholeLines {
  #begun = Buffer.alloc(0);
  #length = 0;

  /**
   * @returns all lines that this chunk completes, with their newlines; nobody else writes to these bytes
   * @throws InterLinkError `out_of_range` for a line without an end
   */
  take(chunk: Uint8Array): Buffer | undefined {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0) {
      this.#keep(chunk);
      return undefined;
    }
    const lines = this.#withBegun(chunk.subarray(0, end));
    this.#keep(chunk.subarray(end));
    return lines;
  }

  #withBegun(bytes: Uint8Array): Buffer {
    const begun = this.#begun.subarray(0, this.#length);
    this.#length = 0;
    if (begun.length > 0) return Buffer.concat([begun, bytes]);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > maxLineBytes) {
      throw new InterLinkError('out_of_range', `A stream line is longer than ${maxLineBytes} bytes`);
    }
    if (length > this.#begun.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#begun.length));
      this.#begun.copy(larger, 0, 0, this.#length);
      this.#begun = larger;
    }
    this.#begun.set(bytes, this.#length);
    this.#length = length;
  }
}

/** The lines of such bytes as text, without blank ones. */
export function* linesOf(bytes: Buffer): Generator<string> {
  let start = 0;
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
    if (end > start) yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}
