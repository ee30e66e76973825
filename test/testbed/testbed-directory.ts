import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from './process/process-identity.ts';

/** What the names of all testbeds' folders start with. */
export const TESTBED_PREFIX = 'interlink-testbed-';

/** In a testbed's folder: the identity of its supervisor, as JSON. */
export const OWNER_FILE = 'owner.json';

/**
 * Makes the folder of one testbed. Others than its owner can go through it and see nothing of what is in there, unless it is meant for
 * them: Slurm's jobs belong to an ordinary account.
 */
export async function createTestbedDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), TESTBED_PREFIX));
  await chmod(directory, 0o711);
  return directory;
}

/** Notes which process a testbed's folder belongs to: this one. */
export async function writeOwner(directory: string): Promise<void> {
  await writeFile(join(directory, OWNER_FILE), JSON.stringify(identifyProcess(process.pid)));
}
