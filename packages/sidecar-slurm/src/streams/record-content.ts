import type { Readable } from 'node:stream';
import { parseLogRecord } from '@interlink/sidecar-sdk';

const newline = 0x0a;
/** As of whoever reads logs: nobody who writes them makes a record as long. */
const maxRecordBytes = 1024 * 1024;

/**
 * What a container has said, from the records of its log as they come in, however they are cut. What is no record is left out, and what
 * has no end is not kept.
 */
export async function* recordContent(records: Readable): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  /** The rest of a record that is too long. */
  let isPassing = false;
  for await (const chunk of records as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    const contents: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const record = isPassing || end - start > maxRecordBytes ? undefined : parseLogRecord(bytes.subarray(start, end));
      if (record !== undefined) contents.push(record.content);
      isPassing = false;
      start = end + 1;
    }
    isPassing ||= bytes.length - start > maxRecordBytes;
    rest = isPassing ? Buffer.alloc(0) : bytes.subarray(start);
    if (contents.length > 0) yield Buffer.concat(contents);
  }
}
