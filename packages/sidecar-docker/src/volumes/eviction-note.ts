import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@interlink/sidecar-sdk';
import { podFolder } from './volume-paths.ts';

/** Why this sidecar ended a pod. */
export interface Eviction {
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** Notes it beside the pod's volumes: the engine has no place for it, and a restart must not bring the pod back. */
export async function writeEviction(root: string, uid: string, eviction: Eviction): Promise<void> {
  await writeWhole(notePath(root, uid), `${JSON.stringify(eviction)}\n`);
}

/** Undefined: it was not. */
export async function readEviction(root: string, uid: string): Promise<Eviction | undefined> {
  try {
    return JSON.parse(await readFile(notePath(root, uid), 'utf8')) as Eviction;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All that are noted, by the pod's UID. */
export async function readEvictions(root: string): Promise<Map<string, Eviction>> {
  const found = new Map<string, Eviction>();
  for (const { name: uid } of (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    const eviction = await readEviction(root, uid).catch(() => undefined);
    if (eviction !== undefined) found.set(uid, eviction);
  }
  return found;
}

function notePath(root: string, uid: string): string {
  return join(podFolder(root, uid), 'evicted.json');
}
