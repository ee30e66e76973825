import { InterLinkError } from '../errors/interlink-error.ts';

export const ndjsonContentType = 'application/x-ndjson';

/** A line longer than this is an attack or a mistake, not a record. */
const maxLineBytes = 16 * 1024 * 1024;
const newline = 0x0a;

/** Splits a byte stream at newlines and parses each line as JSON. Multi-byte characters may be cut anywhere; blank lines are skipped. */
export async function* parseNdjson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      held = 0;
      start = end + 1;
      if (line.length > 0) yield JSON.parse(line.toString('utf8'));
    }
    const rest = chunk.subarray(start);
    if (rest.length === 0) continue;
    parts.push(rest);
    held += rest.length;
    if (held > maxLineBytes) {
      throw new InterLinkError('out_of_range', `A stream line is longer than ${maxLineBytes} bytes`);
    }
  }
}

/** One line of NDJSON. */
export function renderNdjson(record: unknown): string {
  return `${JSON.stringify(record)}\n`;
}
