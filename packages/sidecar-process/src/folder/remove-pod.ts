import { randomBytes } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, removeTree } from '@interlink/sidecar-sdk';
import type { PodFolder } from './pod-folder.ts';

/** Takes the pod out of sight at once, then its files away. What a crash leaves is swept at the next start. */
export async function removePod(podsFolder: string, uid: string, folder: PodFolder): Promise<void> {
  const leftover = join(podsFolder, `.gone-${uid}-${randomBytes(4).toString('hex')}`);
  try {
    await rename(folder.path, leftover);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  await removeTree(leftover);
}

/** Removes what a crash left of drafts and of removed pods. What can't be removed is told of, and holds nothing up. */
export async function sweepLeftovers(podsFolder: string, logger: Logger): Promise<void> {
  for (const name of await readdir(podsFolder)) {
    if (!/^\.(new|gone)-/.test(name)) continue;
    try {
      await removeTree(join(podsFolder, name));
    } catch (error) {
      logger.error({ err: error, folder: join(podsFolder, name) }, 'cannot remove what is left of a pod');
    }
  }
}
