import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { findTail, LogReader } from './log-reader.ts';

/** The kubelet's bounds of a container's last word, of a file and of a log. */
const maxFileBytes = 4_096;
const maxLogBytes = 2_048;
const maxLogLines = 80;

/** The end of what a container has left as its last word; nothing where it has put something that is no file. */
export async function readTerminationFile(path: string): Promise<string> {
  await using file = await openOwn(path);
  if (file === undefined) return '';
  const stat = await file.stat();
  if (!stat.isFile()) return '';
  const length = Math.min(stat.size, maxFileBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, stat.size - length);
  return buffer.toString('utf8', 0, bytesRead);
}

/** The last lines of a container's log. */
export async function readLogEnd(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const reader = new LogReader(file, (await findTail(file, maxLogLines)).offset);
  const lines: Buffer[] = [];
  for await (const some of reader.readAvailable()) lines.push(...some.map(({ content }) => content));
  return Buffer.concat(lines).subarray(-maxLogBytes).toString();
}

/** The container may have put a link there, or a pipe that nobody writes to, or have removed it. */
async function openOwn(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP'))
      return undefined;
    throw error;
  }
}
