import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** There is no file of this name: nothing at all, a link, or a socket. */
const noFile: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO']);

/**
 * Opens a file in a folder where whoever is read may have put something else: a link, which is not followed, or a pipe, which nobody waits
 * for. Undefined for all that is no regular file.
 */
export async function openRegularFile(path: string): Promise<FileHandle | undefined> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  let file: FileHandle;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && noFile.has(error.code)) return undefined;
    throw error;
  }
  try {
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** Reads such a file, its first bytes where it is longer than anybody wants it to be. */
export async function readRegularFile(path: string, maxBytes: number): Promise<string | undefined> {
  await using file = await openRegularFile(path);
  if (file === undefined) return undefined;
  const bytes = Buffer.alloc(Math.min((await file.stat()).size, maxBytes));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.toString('utf8', 0, length);
}
