import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The temporary folder may be on another disk. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async () => {
    // Sockets can't be copied.
    await rm(join(from, 'run'), { recursive: true, force: true });
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  });
}
