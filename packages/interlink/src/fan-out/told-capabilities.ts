import { Transform } from 'node:stream';
import { linesOf, WholeLines } from '@interlink/protocol';

/** What one reader of a watch is told of its sidecar's capabilities, as `GET …/capabilities` tells it. */
export type TellCapabilities = (capabilities: unknown) => unknown;

const mark = '"capabilities"';

/** Whole lines of a watch as one reader is told them. All but `capabilities` records stay as they are. */
export function toldLines(bytes: Buffer, tell: TellCapabilities): Buffer | string {
  if (!bytes.includes(mark)) return bytes;
  return Array.from(linesOf(bytes), (line) => `${toldLine(line, tell)}\n`).join('');
}

/** One of these lines, without its newline. */
export function toldLine(line: string, tell: TellCapabilities): string {
  if (!line.includes(mark)) return line;
  try {
    const record = JSON.parse(line) as { type?: unknown; capabilities?: unknown };
    if (record.type !== 'capabilities') return line;
    return JSON.stringify({ ...record, capabilities: tell(record.capabilities) });
  } catch {
    // Whoever reads it will say what is wrong with it.
    return line;
  }
}

/** A watch on its way through to one reader. */
export function tellingStream(tell: TellCapabilities): Transform {
  const whole = new WholeLines();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        const lines = whole.take(chunk);
        done(null, lines === undefined ? undefined : toldLines(lines, tell));
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
