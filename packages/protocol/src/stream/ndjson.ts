import { linesOf, WholeLines } from './whole-lines.ts';

export const ndjsonContentType = 'application/x-ndjson';

/** Splits a byte stream at newlines and parses each line as JSON. Multi-byte characters may be cut anywhere; blank lines are skipped. */
export async function* parseNdjson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const whole = new WholeLines();
  for await (const chunk of bytes) {
    const lines = whole.take(chunk);
    if (lines === undefined) continue;
    for (const line of linesOf(lines)) yield JSON.parse(line);
  }
}

/** One line of NDJSON. */
export function renderNdjson(record: unknown): string {
  return `${JSON.stringify(record)}\n`;
}
