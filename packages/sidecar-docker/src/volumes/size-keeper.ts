import { readdir } from 'node:fs/promises';
import { type Logger, sleep } from '@interlink/sidecar-sdk';
import { type Eviction, readEviction, writeEviction } from './eviction-note.ts';
import { findExcess } from './size-limits.ts';
import { isPodFolder } from './volume-paths.ts';
import { readVolumeRecord } from './volume-record.ts';

/** Rarely: a look at a volume reads all of its folders. */
const intervalMs = 60_000;

export interface SizeKeeperOptions {
  /** DataRootFolder. */
  readonly root: string;
  readonly logger: Logger;
  /** The pod is over: it is to be stopped and reported so. Called again after a restart. */
  onEvicted(uid: string, eviction: Eviction): void;
}

/** Ends pods whose emptyDirs have grown past their limits. What it goes by is on the disk, beside the volumes. */
export class SizeKeeper {
  readonly #options: SizeKeeperOptions;
  /** Pods whose volumes have no limits: they are not looked at again. */
  #unlimited = new Set<string>();
  /** Pods that were evicted, and nothing on the disk says so yet. */
  readonly #unnoted = new Map<string, Eviction>();

  constructor(options: SizeKeeperOptions) {
    this.#options = options;
  }

  /** Looks at all pods now and then, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(signal);
      await sleep(intervalMs, signal);
    }
  }

  /** Looks at all pods once, one after another. */
  async look(signal: AbortSignal): Promise<void> {
    const { root, logger } = this.#options;
    // Other files of the sidecar's are there now and then.
    const uids = new Set((await readdir(root)).filter(isPodFolder));
    this.#unlimited = this.#unlimited.intersection(uids);
    for (const uid of this.#unnoted.keys()) if (!uids.has(uid)) this.#unnoted.delete(uid);
    for (const uid of uids.difference(this.#unlimited)) {
      if (signal.aborted) return;
      try {
        await this.#lookAt(uid);
      } catch (error) {
        logger.warn({ podUid: uid, err: error }, 'cannot look at the size of the pod’s volumes');
      }
    }
  }

  async #lookAt(uid: string): Promise<void> {
    const { root } = this.#options;
    const unnoted = this.#unnoted.get(uid);
    if (unnoted !== undefined) return await this.#evict(uid, unnoted);
    const noted = await readEviction(root, uid);
    if (noted !== undefined) return this.#options.onEvicted(uid, noted);
    const record = await readVolumeRecord(root, uid);
    const { sizeLimits = [] } = record ?? {};
    if (record !== undefined && sizeLimits.length === 0) this.#unlimited.add(uid);
    const message = await findExcess(root, uid, sizeLimits);
    if (message === undefined) return;
    await this.#evict(uid, { reason: 'Evicted', message, atMs: Date.now() });
  }

  /**
   * Noted before its containers end, so that a process that takes over begins none of them anew; later where there is no room: the pod that
   * took it may be this one.
   */
  async #evict(uid: string, eviction: Eviction): Promise<void> {
    this.#unnoted.set(uid, eviction);
    try {
      await writeEviction(this.#options.root, uid, eviction);
      this.#unnoted.delete(uid);
    } finally {
      this.#options.onEvicted(uid, eviction);
    }
  }
}
