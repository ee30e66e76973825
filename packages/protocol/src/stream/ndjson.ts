import { InterLinkError } from '../errors/interlink-error.ts';
import { linesOf, WholeLines } from './whole-lines.ts';

export const ndjsonContentType = 'application/x-ndjson';

/**
 * Splits a byte stream at newlines and parses each line as JSON. Multi-byte characters may be cut anywhere; blank lines are skipped.
 * @throws InterLinkError `internal` for a line that is no JSON, `out_of_range` for one without an end
 */
export async function* parseNdjson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const whole = new WholeLines();
  for await (const chunk of bytes) {
    const lines = whole.take(chunk);
    if (lines === undefined) continue;
    for (const line of linesOf(lines)) yield parseLine(line);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not the parser's own words: they quote the line.
    throw new InterLinkError('internal', `A stream line of ${line.length} characters is no JSON`);
  }
}

/** One line of NDJSON. */
export function renderNdjson(record: unknown): string {
  return `${JSON.stringify(record)}\n`;
}
