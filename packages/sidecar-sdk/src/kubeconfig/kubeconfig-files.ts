import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DeliveredKubeconfig, type Owner, ownerKey, parseOwnerKey } from '@interlink/protocol';

export interface KeptKubeconfig {
  readonly owner: Owner;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/**
 * The kubeconfigs of owners as files of this account's own, 0600 in folders of 0700, one for each owner. When its token ends is its time of
 * modification, so that a restart knows it without another file beside it.
 */
export class KubeconfigFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whole or not at all: whoever reads the file has the old one or the new one. */
  async write(owner: Owner, { kubeconfig, expiresAt }: DeliveredKubeconfig): Promise<KeptKubeconfig> {
    const path = this.#pathOf(owner);
    const expires = new Date(expiresAt);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // No owner's name begins with a dot.
    const draft = join(dirname(path), `.${randomBytes(8).toString('hex')}`);
    try {
      await using file = await open(draft, 'wx', 0o600);
      await file.writeFile(kubeconfig);
      await file.utimes(expires, expires);
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    return { owner, path, expiresAtMs: expires.getTime() };
  }

  async remove(owner: Owner): Promise<void> {
    await rm(this.#pathOf(owner), { force: true });
  }

  /** Those that are there. What was cut off in the middle of a write goes. */
  async list(): Promise<KeptKubeconfig[]> {
    const kept: KeptKubeconfig[] = [];
    for (const cluster of await namesIn(this.#folder)) {
      for (const name of await namesIn(join(this.#folder, cluster))) {
        const path = join(this.#folder, cluster, name);
        if (name.startsWith('.')) await rm(path, { force: true });
        else kept.push({ owner: parseOwnerKey(`${cluster}/${name}`), path, expiresAtMs: (await stat(path)).mtimeMs });
      }
    }
    return kept;
  }

  /** An owner's names hold no slash and begin with a letter or a digit. */
  #pathOf(owner: Owner): string {
    return join(this.#folder, ownerKey(owner));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
