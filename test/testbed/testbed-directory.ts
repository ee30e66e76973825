import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from './process/process-identity.ts';

/** What the names of all testbeds' folders start with. */
export const TESTBED_PREFIX = 'interlink-testbed-';

/** In a testbed's folder: the identity of its supervisor, as JSON. */
export const OWNER_FILE = 'owner.json';

/** Makes the folder of one testbed. */
export function createTestbedDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), TESTBED_PREFIX));
}

/** Notes which process a testbed's folder belongs to: this one. */
export async function writeOwner(directory: string): Promise<void> {
  await writeFile(join(directory, OWNER_FILE), JSON.stringify(identifyProcess(process.pid)));
}
