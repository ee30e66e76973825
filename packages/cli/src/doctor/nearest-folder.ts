import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the path is, or will be made: itself, or the nearest above that is there. */
export async function nearestFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : await nearestFolder(dirname(path));
}
