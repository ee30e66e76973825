import { lstat, mkdir, rename, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listNames, removeTree } from '@interlink/sidecar-sdk';

/** What is left of pods that are gone: states, logs and the script's own output, for whoever looks into it by hand. */
export class EndedPods {
  readonly #folder: string;
  readonly #retentionMs: number;

  /** @param retentionMs 0: nothing is kept */
  constructor(folder: string, retentionMs: number) {
    this.#folder = folder;
    this.#retentionMs = retentionMs;
  }

  /** Takes a pod's folder away, which may be gone already. */
  async take(path: string, nowMs: number): Promise<void> {
    const place = join(this.#folder, basename(path));
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await removeTree(place);
    const now = new Date(nowMs);
    try {
      await utimes(path, now, now);
      await rename(path, place);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    if (this.#retentionMs === 0) await removeTree(place);
  }

  /** Removes what has been kept long enough. */
  async sweep(nowMs: number): Promise<void> {
    for (const name of await listNames(this.#folder)) {
      const path = join(this.#folder, name);
      const { mtimeMs } = await lstat(path);
      if (mtimeMs + this.#retentionMs <= nowMs) await removeTree(path);
    }
  }
}
