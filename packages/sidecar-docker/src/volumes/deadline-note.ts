import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inDataRoot } from './data-root.ts';
import { podFolder } from './volume-paths.ts';

/**
 * Notes beside the pod's volumes how long it may be active now: the engine keeps what it was created with, and no label can be changed. Of a
 * pod whose folder is gone nothing is noted. @throws InterLinkError `resource_exhausted` when there is no room
 */
export async function writeDeadline(root: string, uid: string, seconds: number): Promise<void> {
  await inDataRoot(root, async () => {
    await writeFile(notePath(root, uid), `${seconds}\n`, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  });
}

/** All that are noted, in seconds, by the pod's UID. */
export async function readDeadlines(root: string): Promise<Map<string, number>> {
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const uids = folders.map(({ name }) => name).filter((name) => !name.startsWith('.'));
  const noted = await Promise.all(uids.map(async (uid) => [uid, await readDeadline(root, uid)] as const));
  return new Map(noted.flatMap(([uid, seconds]) => (seconds === undefined ? [] : [[uid, seconds]])));
}

/** Undefined for what is no pod's folder, too, and for a note that was cut off: its owner tells the deadline again. */
async function readDeadline(root: string, uid: string): Promise<number | undefined> {
  try {
    const text = await readFile(notePath(root, uid), 'utf8');
    return /^[1-9]\d*\n$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function notePath(root: string, uid: string): string {
  return join(podFolder(root, uid), 'deadline');
}
