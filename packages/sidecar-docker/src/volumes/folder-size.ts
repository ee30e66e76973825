import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** The unit of `st_blocks`, whatever the file system's own. */
const blockBytes = 512;

/**
 * How much disk a folder and all in it take, as `du` says, in bytes; what goes away meanwhile counts as nothing. Links are not
 * followed, and a file with several names counts once.
 * @param enough from here on it does not matter how much more there is
 */
export async function measureFolder(folder: string, enough: number): Promise<number> {
  const seen = new Set<string>();
  const waiting = [folder];
  let bytes = 0;
  const add = async (path: string): Promise<Stats | undefined> => {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    const name = `${found.dev}:${found.ino}`;
    if (found.nlink > 1 && !found.isDirectory()) {
      if (seen.has(name)) return found;
      seen.add(name);
    }
    bytes += found.blocks * blockBytes;
    return found;
  };
  await add(folder);
  for (let next = waiting.pop(); next !== undefined && bytes <= enough; next = waiting.pop()) {
    const entries = await opendir(next).catch(() => undefined);
    if (entries === undefined) continue;
    for await (const { name } of entries) {
      const path = join(next, name);
      if ((await add(path))?.isDirectory() === true) waiting.push(path);
      if (bytes > enough) break;
    }
  }
  return bytes;
}
