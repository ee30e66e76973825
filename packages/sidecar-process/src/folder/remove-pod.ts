import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  await rm(leftover, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes what a crash left of drafts and of removed pods. */
export async function sweepLeftovers(podsFolder: string): Promise<void> {
  for (const name of await readdir(podsFolder)) {
    if (/^\.(new|gone)-/.test(name)) await rm(join(podsFolder, name), { recursive: true, force: true });
  }
}
