import { open } from 'node:fs/promises';
import type { PodEvent } from '@interlink/sidecar-sdk';
import { unescapeLine } from './key-values.ts';
import type { PodFolder } from './pod-folder.ts';

/** As much as is read at once; a job that writes more waits for the next look. */
const maxBytes = 64 * 1024;

export interface NewEvents {
  readonly events: PodEvent[];
  /** Where the next look begins, bytes. */
  readonly offset: number;
}

/** What the job has to tell since the last look. A line that is still being written waits for the next one. */
export async function readJobEvents(folder: PodFolder, offset: number): Promise<NewEvents> {
  const bytes = await readFrom(folder.file('events'), offset);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n');
  return { events: lines.flatMap((line) => parseEvent(line) ?? []), offset: offset + end };
}

/** `<time> TAB <type> TAB <reason> TAB <container> TAB <message>` */
export function parseEvent(line: string): PodEvent | undefined {
  const [, type, reason, container, message] = line.split('\t');
  if (reason === undefined || container === undefined || message === undefined) return undefined;
  if (type !== 'Normal' && type !== 'Warning') return undefined;
  return {
    ...{ type, reason, message: unescapeLine(message) },
    ...(container === '' ? {} : { container }),
  };
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const length = Math.min((await file.stat()).size - offset, maxBytes);
    if (length <= 0) return Buffer.alloc(0);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
