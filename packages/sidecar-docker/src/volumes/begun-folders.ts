import { readdir } from 'node:fs/promises';
import { isSettled } from './is-settled.ts';
import { isPodFolder, podFolder } from './volume-paths.ts';

/**
 * Pods of which nothing is there but what is written before the engine knows of them, and that not just now: when the process is killed in
 * between, and the pod is not asked for again, nobody else ever finds their folders.
 */
export async function begunPods(root: string): Promise<string[]> {
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const uids = folders.map(({ name }) => name).filter(isPodFolder);
  const areBegun = await Promise.all(uids.map(async (uid) => await isOnlyBegun(podFolder(root, uid))));
  return uids.filter((_, place) => areBegun[place]);
}

/** False for what can't be read, or has gone meanwhile: nothing is known of it. */
async function isOnlyBegun(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).every((name) => name === 'etc') && (await isSettled(folder));
  } catch {
    return false;
  }
}
