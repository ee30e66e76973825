import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodFolder } from '../folder/pod-folder.ts';

/** How much is here of each file that only grows, by its path below the pod's folder. */
export async function knownSizes(folder: PodFolder, containers: Iterable<string>): Promise<Map<string, number>> {
  const paths = ['events', 'slurm.out'];
  for (const name of containers) {
    for (const attempt of await readdir(folder.containerFolder(name)).catch(() => [])) {
      if (/^\d{1,9}$/.test(attempt)) paths.push(`containers/${name}/${attempt}/log`);
    }
  }
  const sizes = new Map<string, number>();
  for (const path of paths) {
    const found = await stat(join(folder.path, path)).catch(() => undefined);
    if (found !== undefined) sizes.set(path, found.size);
  }
  return sizes;
}
