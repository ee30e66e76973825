import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteBridges } from './docker/bridge.ts';
import { removeTraces, toEngineTraces } from './docker/engine-traces.ts';
import { isRunning, type ProcessIdentity } from './process/process-identity.ts';
import { OWNER_FILE, TESTBED_PREFIX } from './testbed-directory.ts';

/** A folder without an owner's name this long after its making has none. */
const OWNERLESS_MS = 60_000;

/** Removes what testbeds left whose supervisor was killed (`kill -9`, power cut) before it could clean up. */
export async function removeLeftovers(parentDirectory: string): Promise<void> {
  for (const name of await readdir(parentDirectory)) {
    const directory = join(parentDirectory, name);
    if (!name.startsWith(TESTBED_PREFIX) || !(await isAbandoned(directory))) continue;
    if (process.getuid?.() === 0 && process.platform === 'linux') {
      const traces = toEngineTraces(directory);
      await removeTraces(traces);
      await deleteBridges(traces.podmanBridge);
    }
    await rm(directory, { recursive: true, force: true });
  }
}

async function isAbandoned(directory: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(directory, OWNER_FILE), 'utf8')) as ProcessIdentity;
    return !isRunning(owner);
  } catch {
    const status = await stat(directory).catch(() => undefined);
    if (status === undefined || status.uid !== process.getuid?.()) return false;
    return Date.now() - status.mtimeMs > OWNERLESS_MS;
  }
}
