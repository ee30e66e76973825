import { InterLinkError } from '../errors/interlink-error.ts';

export const ndjsonContentType = 'application/x-ndjson';

/** A line longer than this is an attack or a mistake, not a record: Kubernetes stores no object of more than 1.5 MiB. */
const maxLineBytes = 4 * 1024 * 1024;
const newline = 0x0a;

/** Splits a byte stream at newlines and parses each line as JSON. Multi-byte characters may be cut anywhere; blank lines are skipped. */
export async function* parseNdjson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const begun = new BegunLine();
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = begun.endWith(chunk.subarray(start, end));
      start = end + 1;
      if (line.length > 0) yield JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8'));
    }
    begun.add(chunk.subarray(start));
  }
}

/** One line of NDJSON. */
export function renderNdjson(record: unknown): string {
  return `${JSON.stringify(record)}\n`;
}

/** A line whose end has not come yet. Its bytes are copied: one that comes in drips must not keep a whole buffer for each of them. */
class BegunLine {
  #buffer = Buffer.alloc(0);
  #length = 0;

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > maxLineBytes) {
      throw new InterLinkError('out_of_range', `A stream line is longer than ${maxLineBytes} bytes`);
    }
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** The whole line, of use until the next call. */
  endWith(bytes: Uint8Array): Uint8Array {
    if (this.#length === 0) return bytes;
    this.add(bytes);
    const line = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return line;
  }
}
