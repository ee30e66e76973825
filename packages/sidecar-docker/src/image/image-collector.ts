import { statfs } from 'node:fs/promises';
import { InterLinkError, type Logger, sleep } from '@interlink/sidecar-sdk';
import { isNotFound } from '../engine/engine-error.ts';
import type { EngineImages, ListedImage } from '../engine/engine-images.ts';
import { type CollectionThresholds, removableImages } from './collection-plan.ts';
import type { PullRecords } from './pull-records.ts';

export interface ImageCollectorOptions {
  readonly images: Pick<EngineImages, 'list' | 'used' | 'remove' | 'folder'>;
  readonly records: Pick<PullRecords, 'all' | 'forget' | 'noteUsed'>;
  readonly thresholds: CollectionThresholds;
  readonly logger: Logger;
  /** Per cent of the file system of a folder that are in use. Default: as `df` says it. */
  readonly diskUse?: (folder: string) => Promise<number>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The kubelet's. */
const periodMs = 300_000;

/** Removes images that nobody uses when the engine's disk gets full, as a kubelet does. */
export class ImageCollector {
  readonly #options: ImageCollectorOptions;
  readonly #diskUse: (folder: string) => Promise<number>;
  readonly #now: () => number;

  constructor(options: ImageCollectorOptions) {
    this.#options = options;
    this.#diskUse = options.diskUse ?? readDiskUse;
    this.#now = options.now ?? Date.now;
  }

  /** Looks every five minutes until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.collect(signal);
      } catch (error) {
        if (!signal.aborted) this.#options.logger.warn({ err: error }, 'cannot collect images');
      }
      await sleep(periodMs, signal);
    }
  }

  /** Looks once, and removes one image after another while the disk is too full. */
  async collect(signal: AbortSignal): Promise<void> {
    const { images, records, thresholds, logger } = this.#options;
    const folder = await images.folder();
    const used = await images.used();
    for (const { id } of await records.all()) if (used.has(id)) await records.noteUsed(id);
    const percent = await this.#diskUse(folder);
    if (percent <= thresholds.high) return;
    const state = { records: await records.all(), images: await images.list(), used, nowMs: this.#now() };
    for (const image of removableImages(state)) {
      if (signal.aborted || (await this.#diskUse(folder)) < thresholds.low) return;
      await this.#remove(image);
    }
    const left = await this.#diskUse(folder);
    if (left >= thresholds.low) {
      logger.warn({ percent: left, ...thresholds }, 'no more images to remove, and the disk is still full');
    }
  }

  async #remove({ id, tags, digests }: ListedImage): Promise<void> {
    const { images, records, logger } = this.#options;
    try {
      // Name by name and never by force: a container that was made meanwhile keeps its image.
      for (const name of [...tags, ...digests, id]) await images.remove(name).catch(unlessGone);
      await records.forget(id);
      logger.info({ imageId: id, images: tags }, 'image removed: nobody used it, and the disk was getting full');
    } catch (error) {
      logger.warn({ imageId: id, images: tags, err: InterLinkError.from(error) }, 'image not removed');
    }
  }
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** @throws InterLinkError when the folder can't be seen from here: the engine is on another machine */
async function readDiskUse(folder: string): Promise<number> {
  try {
    const { blocks, bfree, bavail } = await statfs(folder);
    const usedBlocks = blocks - bfree;
    // Of what accounts other than root can have, as df and the kubelet reckon.
    return (100 * usedBlocks) / Math.max(usedBlocks + bavail, 1);
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError(
      'failed_precondition',
      `Cannot see how full the engine's disk is, at ${folder}: ${message}`,
    );
  }
}
