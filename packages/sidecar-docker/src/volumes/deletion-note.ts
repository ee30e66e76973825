import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inDataRoot } from './data-root.ts';
import { podFolder } from './volume-paths.ts';

/**
 * Notes beside the pod's volumes that it is to go: for engines that can't change its sandbox, which bears this note elsewhere. Of a pod whose
 * folder is gone nothing is noted. @throws InterLinkError `resource_exhausted` when there is no room
 */
export async function writeDeletion(root: string, uid: string): Promise<void> {
  await inDataRoot(root, async () => {
    await writeFile(notePath(root, uid), '', { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  });
}

/** UIDs of all pods of which it is noted. */
export async function readDeletions(root: string): Promise<string[]> {
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const uids = folders.map(({ name }) => name).filter((name) => !name.startsWith('.'));
  const noted = await Promise.all(uids.map(async (uid) => await isNoted(root, uid)));
  return uids.filter((_, place) => noted[place]);
}

/** False for what is no pod's folder, too: `lost+found` of a file system's top. */
async function isNoted(root: string, uid: string): Promise<boolean> {
  try {
    await stat(notePath(root, uid));
    return true;
  } catch {
    return false;
  }
}

function notePath(root: string, uid: string): string {
  return join(podFolder(root, uid), 'leaving');
}
