import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@interlink/sidecar-sdk';
import { podFolder } from './volume-paths.ts';

/** Notes beside the pod's volumes that it is to go: for engines that can't change its sandbox, which bears this note elsewhere. */
export async function writeDeletion(root: string, uid: string): Promise<void> {
  await writeWhole(notePath(root, uid), '');
}

/** UIDs of all pods of which it is noted. */
export async function readDeletions(root: string): Promise<string[]> {
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const uids = folders.map(({ name }) => name).filter((name) => !name.startsWith('.'));
  const isNoted = await Promise.all(uids.map(async (uid) => await isThere(notePath(root, uid))));
  return uids.filter((_, place) => isNoted[place]);
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function notePath(root: string, uid: string): string {
  return join(podFolder(root, uid), 'leaving');
}
