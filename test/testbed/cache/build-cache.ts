import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '../process/process-identity.ts';
import { withBuildLock } from './build-lock.ts';

export interface BuildOptions {
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

/** Something that takes minutes to build and is the same for every testbed. */
export interface CachedBuild extends BuildOptions {
  /** Changes whenever what would be built does. */
  readonly key: string;
  /** For those who wait: `Kubernetes 1.36.3 and etcd`. */
  readonly title: string;
  /** Fills a new folder. */
  readonly build: (directory: string) => Promise<void>;
}

const CACHE_DIRECTORY = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'interlink-testbed');

/** Finds a folder in the cache, or has it built. @returns its path */
export async function ensureBuilt(wanted: CachedBuild): Promise<string> {
  const directory = join(CACHE_DIRECTORY, wanted.key);
  if (!existsSync(directory)) {
    await mkdir(CACHE_DIRECTORY, { recursive: true });
    await withBuildLock(`${directory}.lock`, wanted, async () => {
      if (!existsSync(directory)) await buildInto(directory, wanted);
    });
  }
  return directory;
}

/** Builds into a folder beside the wanted one and renames it at the end: what has the name is whole. */
async function buildInto(directory: string, { title, build, onProgress }: CachedBuild): Promise<void> {
  await removeAbandonedBuilds();
  const temporary = `${directory}.building-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(temporary);
  try {
    const started = performance.now();
    onProgress(`Building ${title}; the first time takes some minutes.`);
    await build(temporary);
    // Somebody else's finished build is as good as ours.
    await rename(temporary, directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
    onProgress(`Built in ${toSeconds(started)} s: ${directory}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function removeAbandonedBuilds(): Promise<void> {
  for (const name of await readdir(CACHE_DIRECTORY)) {
    const pid = /\.building-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && identifyProcess(Number(pid)) === undefined) {
      await rm(join(CACHE_DIRECTORY, name), { recursive: true, force: true });
    }
  }
}

/** How long something took that began then (`performance.now()`), for those who waited. */
export function toSeconds(started: number): string {
  return ((performance.now() - started) / 1_000).toFixed(1);
}
