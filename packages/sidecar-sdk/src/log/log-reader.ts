import type { FileHandle } from 'node:fs/promises';
import type { LogLine } from './log-lines.ts';
import { parseLogRecord } from './log-records.ts';

const blockBytes = 64 * 1024;
const newline = 0x0a;
/** No writer of a log makes records as long as that: one that is is passed over, so that nobody's memory is filled by it. */
const maxRecordBytes = 1024 * 1024;

/** Reads a log file forward, block by block; a record that is still being written waits for the next reading. */
export class LogReader {
  readonly #file: FileHandle;
  readonly #parse: (record: Buffer) => LogLine | undefined;
  #offset: number;
  #rest = Buffer.alloc(0);
  /** The rest of a record that is too long. */
  #isPassing = false;

  /**
   * @param offset where a record begins, bytes
   * @param parse reads a record without its newline; what is none is passed over
   */
  constructor(file: FileHandle, offset: number, parse: (record: Buffer) => LogLine | undefined = parseLogRecord) {
    this.#file = file;
    this.#offset = offset;
    this.#parse = parse;
  }

  /** The whole records from the last place to the present end. */
  async *readAvailable(): AsyncGenerator<LogLine[]> {
    for (;;) {
      const block = Buffer.alloc(blockBytes);
      const { bytesRead } = await this.#file.read(block, 0, blockBytes, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      const lines = this.#take(block.subarray(0, bytesRead));
      if (lines.length > 0) yield lines;
    }
  }

  #take(block: Buffer): LogLine[] {
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const line = this.#isPassing ? undefined : this.#parse(bytes.subarray(start, end));
      if (line !== undefined) lines.push(line);
      this.#isPassing = false;
      start = end + 1;
    }
    this.#isPassing ||= bytes.length - start > maxRecordBytes;
    this.#rest = this.#isPassing ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
    return lines;
  }
}

/** Where the last `count` whole records of a file begin, found from its end: bytes. `missing`: so many more were wanted than there are. */
export async function findTail(file: FileHandle, count: number): Promise<{ offset: number; missing: number }> {
  let position = (await file.stat()).size;
  let wanted = count + 1;
  const block = Buffer.alloc(blockBytes);
  while (position > 0) {
    const length = Math.min(blockBytes, position);
    position -= length;
    await file.read(block, 0, length, position);
    for (let index = length - 1; index >= 0; index -= 1) {
      if (block[index] !== newline) continue;
      wanted -= 1;
      if (wanted === 0) return { offset: position + index + 1, missing: 0 };
    }
  }
  return { offset: 0, missing: wanted - 1 };
}
