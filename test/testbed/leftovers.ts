import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTraces, toEngineTraces } from './docker/engine-traces.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './process/process-identity.ts';

const PREFIX = 'interlink-testbed-';
const OWNER_FILE = 'owner.json';
/** A folder without an owner's name this long after its making has none. */
const OWNERLESS_MS = 60_000;

/** Makes the folder of one testbed. */
export function createTestbedDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), PREFIX));
}

/** Notes which process a testbed's folder belongs to: this one. */
export async function writeOwner(directory: string): Promise<void> {
  await writeFile(join(directory, OWNER_FILE), JSON.stringify(identifyProcess(process.pid)));
}

/** Removes what testbeds left whose supervisor was killed (`kill -9`, power cut) before it could clean up. */
export async function removeLeftovers(parentDirectory: string): Promise<void> {
  for (const name of await readdir(parentDirectory)) {
    const directory = join(parentDirectory, name);
    if (!name.startsWith(PREFIX) || !(await isAbandoned(directory))) continue;
    if (process.getuid?.() === 0 && process.platform === 'linux') await removeTraces(toEngineTraces(directory));
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
