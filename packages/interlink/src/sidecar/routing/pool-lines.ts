import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { parseCapabilities } from '@interlink/protocol';
import { onlyPool } from './capabilities-of.ts';

/** A stream of news (NDJSON) on its way through, whose `capabilities` tell of one pool only. All other lines pass as they are. */
export function poolLines(pool: string): Transform {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      done(null, lines.map((line) => `${rewrite(line, pool)}\n`).join(''));
    },
    flush(done) {
      done(null, rest);
    },
  });
}

function rewrite(line: string, pool: string): string {
  if (!line.includes('"capabilities"')) return line;
  try {
    const record = JSON.parse(line) as { type?: unknown; capabilities?: unknown };
    if (record.type !== 'capabilities') return line;
    return JSON.stringify({ ...record, capabilities: onlyPool(parseCapabilities(record.capabilities), pool) });
  } catch {
    // Whoever reads it will say what is wrong with it.
    return line;
  }
}
