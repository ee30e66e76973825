import type { LogLine } from './log-lines.ts';

const blank = 0x20;
const newline = Buffer.from('\n');

/** Reads one line of the CRI's log format (without its newline), or undefined for what is none. */
export function parseLogRecord(record: Buffer): LogLine | undefined {
  const afterTime = record.indexOf(blank);
  const afterStream = record.indexOf(blank, afterTime + 1);
  const afterTag = record.indexOf(blank, afterStream + 1);
  if (afterTime === -1 || afterStream === -1 || afterTag === -1) return undefined;
  const content = record.subarray(afterTag + 1);
  const isWhole = record.subarray(afterStream + 1, afterTag).toString() === 'F';
  return {
    time: record.subarray(0, afterTime).toString(),
    content: isWhole ? Buffer.concat([content, newline]) : content,
  };
}
