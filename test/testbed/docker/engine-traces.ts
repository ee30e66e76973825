import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  /** Of Podman. */
  podmanBridge: string;
  /** Parent of the containers' control groups, below /sys/fs/cgroup. */
  cgroup: string;
}

const REMOVE_ATTEMPTS = 40;
const THAW_INTERVAL_MS = 200;
const CGROUP_ROOT = '/sys/fs/cgroup';
/** Mount points that the engine's namespace covers with folders of its own. */
const RUN_DIRECTORIES = ['/run/containerd', '/run/docker'];

/** Names the traces of a testbed by its folder. */
export function toEngineTraces(testbedDirectory: string): EngineTraces {
  const name = basename(testbedDirectory);
  // 15 characters are the most an interface name can have.
  const ending = name.slice(-6);
  const bridges = { bridge: `il-${ending}`, podmanBridge: `pm-${ending}` };
  return { name, directory: join(testbedDirectory, 'docker'), ...bridges, cgroup: `/${name}` };
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
  await thaw(cgroup);
  for (const hierarchy of ['.', ...controllers]) await removeCgroup(join(CGROUP_ROOT, hierarchy, cgroup));
  for (const runDirectory of RUN_DIRECTORIES) await removeRunDirectory(runDirectory, name);
  await rm(directory, { recursive: true, force: true });
}

/**
 * Ends something whose processes may be frozen (version 1: a paused container, a job that Slurm has suspended), which not even SIGKILL
 * ends before they are thawed. They are thawed again and again: what freezes them may be the last to go.
 *
 * @param cgroup above all of theirs
 */
export async function thawWhile(cgroup: string, end: () => Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const ending = end().finally(() => ended.abort());
  // Whoever waits for it hears of the failure.
  ending.catch(() => undefined);
  while (!ended.signal.aborted) {
    await thaw(cgroup);
    await sleep(THAW_INTERVAL_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  await ending;
}

/** With version 2 there is nothing to do. */
async function thaw(cgroup: string): Promise<void> {
  const root = join(CGROUP_ROOT, 'freezer', cgroup);
  const files = await readdir(root, { recursive: true }).catch(() => []);
  for (const file of files) {
    if (basename(file) === 'freezer.state') await writeFile(join(root, file), 'THAWED').catch(() => undefined);
  }
}

async function removeCgroup(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(directory, entry.name));
  // Processes that have just been thawed to die take a moment.
  for (let attempt = 0; attempt < REMOVE_ATTEMPTS && (await isBusy(directory)); attempt += 1) await sleep(50);
}

async function isBusy(directory: string): Promise<boolean> {
  return await rmdir(directory).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EBUSY',
  );
}

async function removeRunDirectory(directory: string, name: string): Promise<void> {
  try {
    await rm(join(directory, name));
    await rmdir(directory);
  } catch {
    // It was there before us, or others need it.
  }
}
