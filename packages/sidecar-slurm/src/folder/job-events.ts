import { openRegularFile, type PodEvent } from '@interlink/sidecar-sdk';
import { unescapeLine } from './key-values.ts';
import type { PodFolder } from './pod-folder.ts';

/** As much as is read at once; a job that writes more waits for the next look. */
const maxBytes = 64 * 1024;

/** CamelCase words, as Kubernetes has them. */
const reasonShape = /^[A-Za-z][A-Za-z0-9]{0,127}$/;

export interface NewEvents {
  readonly events: PodEvent[];
  /** Where the next look begins, bytes. */
  readonly offset: number;
}

/** What the job has to tell since the last look. A line that is still being written waits for the next one; one without end is passed over. */
export async function readJobEvents(folder: PodFolder, offset: number): Promise<NewEvents> {
  const bytes = await readFrom(folder.file('events'), offset);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end === 0 && bytes.length === maxBytes) return { events: [], offset: offset + maxBytes };
  const lines = bytes.toString('utf8', 0, end).split('\n');
  return { events: lines.flatMap((line) => parseEvent(line) ?? []), offset: offset + end };
}

/** Where the events end that there are, bytes. */
export async function endOfEvents(folder: PodFolder): Promise<number> {
  await using file = await openRegularFile(folder.file('events'));
  return file === undefined ? 0 : (await file.stat()).size;
}

/** `<time> TAB <type> TAB <reason> TAB <container> TAB <message>` */
export function parseEvent(line: string): PodEvent | undefined {
  const [, type, reason, container, message] = line.split('\t');
  if (reason === undefined || container === undefined || message === undefined) return undefined;
  if ((type !== 'Normal' && type !== 'Warning') || !reasonShape.test(reason)) return undefined;
  return {
    ...{ type, reason, message: unescapeLine(message) },
    ...(container === '' ? {} : { container }),
  };
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  await using file = await openRegularFile(path);
  const length = file === undefined ? 0 : Math.min((await file.stat()).size - offset, maxBytes);
  if (file === undefined || length <= 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
