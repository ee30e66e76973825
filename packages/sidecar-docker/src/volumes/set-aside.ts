import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { podFolder } from './volume-paths.ts';

/** What no pod's folder begins with. */
const prefix = '.gone-';

/**
 * Gives the pod's folder a name that says that its pod is gone: whoever finds it may remove it, although the engine knows nothing of the
 * pod any more. Containers that have it mounted do not notice. @returns where it is now, whether there was one or not
 */
export async function setAsidePodFolder(root: string, uid: string): Promise<string> {
  const aside = join(root, `${prefix}${uid}`);
  try {
    await rename(podFolder(root, uid), aside);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return aside;
}

/** The folders that were set aside and are still there. */
export async function setAsideFolders(root: string): Promise<string[]> {
  return (await readdir(root)).filter((name) => name.startsWith(prefix)).map((name) => join(root, name));
}
