import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { deleteBridges } from './bridge.ts';

/**
 * What an engine leaves on the machine outside its folder when it is killed. All of it is named after the testbed's
 * folder, so that a later run can find it: see `removeLeftovers`.
 */
export interface EngineTraces {
  directory: string;
  bridge: string;
  /** Parent of the containers' control groups, below /sys/fs/cgroup. */
  cgroup: string;
}

const CGROUP_ROOT = '/sys/fs/cgroup';
/** Mount points that the engine's namespace covers with a folder of its own. */
const RUN_DIRECTORIES = ['/run/containerd', '/run/docker'];
const CREATED_FILE = 'created-directories.json';

/** Names the traces of a testbed by its folder, `…/interlink-testbed-Ab12Cd`. */
export function toEngineTraces(testbedDirectory: string): EngineTraces {
  const name = basename(testbedDirectory);
  // 15 characters are the most an interface name can have.
  return { directory: join(testbedDirectory, 'docker'), bridge: `il-${name.slice(-6)}`, cgroup: `/${name}` };
}

/** Makes the mount points that are not there, and notes them so that they are removed again. */
export async function createRunDirectories(directory: string): Promise<void> {
  const created: string[] = [];
  for (const runDirectory of RUN_DIRECTORIES) {
    if ((await mkdir(runDirectory, { recursive: true })) !== undefined) created.push(runDirectory);
  }
  await writeFile(join(directory, CREATED_FILE), JSON.stringify(created));
}

/** Removes the traces, of which none need be there. The engine and its containers must have ended. */
export async function removeTraces({ directory, bridge, cgroup }: EngineTraces): Promise<void> {
  await deleteBridges(bridge);
  // Version 2 has one hierarchy, version 1 one for each controller.
  const hierarchies = [
    '.',
    ...(await readdir(CGROUP_ROOT, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  ];
  for (const hierarchy of hierarchies) await removeCgroup(join(CGROUP_ROOT, hierarchy, cgroup));
  for (const runDirectory of await readCreatedDirectories(directory)) {
    // Somebody else may have put something there since.
    await rmdir(runDirectory).catch(() => undefined);
  }
  await rm(directory, { recursive: true, force: true });
}

async function removeCgroup(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(directory, entry.name));
  await rmdir(directory).catch(() => undefined);
}

async function readCreatedDirectories(directory: string): Promise<string[]> {
  try {
    return JSON.parse(await readFile(join(directory, CREATED_FILE), 'utf8')) as string[];
  } catch {
    return [];
  }
}
