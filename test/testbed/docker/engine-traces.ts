import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TESTBED_PREFIX } from '../testbed-directory.ts';
import { deleteBridges } from './bridge.ts';

/**
 * What an engine leaves on the machine outside its folder when it is killed. All of it is named after the testbed's
 * folder, so that a later run can find it: see `removeLeftovers`.
 */
export interface EngineTraces {
  /** The testbed's own name, `interlink-testbed-Ab12Cd`. */
  name: string;
  directory: string;
  bridge: string;
  /** Parent of the containers' control groups, below /sys/fs/cgroup. */
  cgroup: string;
}

const CGROUP_ROOT = '/sys/fs/cgroup';
/** Mount points that the engine's namespace covers with folders of its own. */
const RUN_DIRECTORIES = ['/run/containerd', '/run/docker'];

/** Names the traces of a testbed by its folder. */
export function toEngineTraces(testbedDirectory: string): EngineTraces {
  const name = basename(testbedDirectory);
  // 15 characters are the most an interface name can have.
  return { name, directory: join(testbedDirectory, 'docker'), bridge: `il-${name.slice(-6)}`, cgroup: `/${name}` };
}

/**
 * Makes the mount points that are not there. A file in each names every testbed that needs it: who removes the last one
 * removes the folder, because a folder removed earlier would take its mount away in the others' namespaces too.
 */
export async function createRunDirectories({ name }: EngineTraces): Promise<void> {
  for (const directory of RUN_DIRECTORIES) {
    let isOurs = (await mkdir(directory, { recursive: true })) !== undefined;
    isOurs ||= (await readdir(directory)).some((entry) => entry.startsWith(TESTBED_PREFIX));
    if (isOurs) await writeFile(join(directory, name), '');
  }
}

/** Removes the traces, of which none need be there. The engine and its containers must have ended. */
export async function removeTraces({ name, directory, bridge, cgroup }: EngineTraces): Promise<void> {
  await deleteBridges(bridge);
  // Version 2 has one hierarchy, version 1 one for each controller.
  const entries = await readdir(CGROUP_ROOT, { withFileTypes: true });
  const controllers = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const hierarchy of ['.', ...controllers]) await removeCgroup(join(CGROUP_ROOT, hierarchy, cgroup));
  for (const runDirectory of RUN_DIRECTORIES) await removeRunDirectory(runDirectory, name);
  await rm(directory, { recursive: true, force: true });
}

async function removeCgroup(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(directory, entry.name));
  await rmdir(directory).catch(() => undefined);
}

async function removeRunDirectory(directory: string, name: string): Promise<void> {
  try {
    await rm(join(directory, name));
    await rmdir(directory);
  } catch {
    // It was there before us, or others need it.
  }
}
