import { openRegularFile } from '../files/regular-file.ts';
import { findTail, LogReader } from './log-reader.ts';

/** The kubelet's bounds of a container's last word, of a file and of a log. */
const maxFileBytes = 4_096;
const maxLogBytes = 2_048;
const maxLogLines = 80;

/** The end of what a container has left as its last word; nothing where it has put something that is no file. */
export async function readTerminationFile(path: string): Promise<string> {
  await using file = await openRegularFile(path);
  if (file === undefined) return '';
  const { size } = await file.stat();
  const length = Math.min(size, maxFileBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}

/** The last lines of a container's log. */
export async function readLogEnd(path: string): Promise<string> {
  await using file = await openRegularFile(path);
  if (file === undefined) return '';
  const reader = new LogReader(file, (await findTail(file, maxLogLines)).offset);
  const lines: Buffer[] = [];
  for await (const some of reader.readAvailable()) lines.push(...some.map(({ content }) => content));
  return Buffer.concat(lines).subarray(-maxLogBytes).toString();
}
