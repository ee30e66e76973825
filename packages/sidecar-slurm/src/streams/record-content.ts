import type { Readable } from 'node:stream';
import { parseLogRecord } from '@interlink/sidecar-sdk';

const newline = 0x0a;

/** What a container has said, from the records of its log as they come in, however they are cut. What is no record is left out. */
export async function* recordContent(records: Readable): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of records as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    const contents: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const record = parseLogRecord(bytes.subarray(start, end));
      if (record !== undefined) contents.push(record.content);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (contents.length > 0) yield Buffer.concat(contents);
  }
}
