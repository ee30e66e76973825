import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { giveTo, InterLinkError } from '@interlink/sidecar-sdk';

export interface NewFolders {
  readonly mode: number;
  /** Of an fsGroup. */
  readonly group?: number | undefined;
}

/**
 * Makes the folders that are missing below `base`. Each step is taken from the folder of the step before and follows no symbolic
 * link: whoever can write there can make it fail, and can't lead it out (https://nvd.nist.gov/vuln/detail/CVE-2017-1002101).
 * The last part may be a file that is there already.
 * @throws InterLinkError `failed_precondition` at a link, or at a file on the way
 */
export async function makeFoldersBelow(base: string, parts: ReadonlyArray<string>, how: NewFolders): Promise<void> {
  await walk(base, parts, async (folder, part, isLast) => {
    const path = within(folder, part);
    const isNew = await mkdir(path).then(() => true, unlessThere);
    if (isLast && !isNew) return undefined;
    const next = await openFolder(path);
    if (isNew) {
      await giveTo(within(next, '.'), how.group);
      await next.chmod(how.mode);
    }
    return next;
  });
}

/** Makes an empty file below `base` unless it is there; the folder that it goes into must be. See {@link makeFoldersBelow}. */
export async function makeFileBelow(base: string, parts: ReadonlyArray<string>, mode: number): Promise<void> {
  await walk(base, parts, async (folder, part, isLast) => {
    const path = within(folder, part);
    if (!isLast) return await openFolder(path);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(path, flags, mode).catch((error: unknown) => void unlessThere(error));
    await file?.close();
    return undefined;
  });
}

type Step = (folder: FileHandle, part: string, isLast: boolean) => Promise<FileHandle | undefined>;

async function walk(base: string, parts: ReadonlyArray<string>, step: Step): Promise<void> {
  let folder: FileHandle | undefined = await openFolder(base);
  try {
    for (const [index, part] of parts.entries()) {
      const next: FileHandle | undefined = await step(folder, part, index === parts.length - 1);
      await folder.close();
      folder = next;
      if (folder === undefined) return;
    }
  } finally {
    await folder?.close();
  }
}

/** What `openat` and its kin are to C: the kernel goes on from the open folder itself, whatever its path has become. */
function within(folder: FileHandle, part: string): string {
  return `/proc/self/fd/${folder.fd}/${part}`;
}

async function openFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    const isNoFolder =
      error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'ENOTDIR');
    if (!isNoFolder) throw error;
    throw new InterLinkError('failed_precondition', 'a symbolic link or a file is in the way of the folder');
  }
}

function unlessThere(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
  throw error;
}
