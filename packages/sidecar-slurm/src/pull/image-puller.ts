import { once } from 'node:events';
import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { forgetPulls } from '../folder/pending-pulls.ts';
import { sleepBy } from '../jobs/sleep-by.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import { pullAll } from './pod-pulls.ts';
import type { PullImage } from './pull-image.ts';
import { Turns } from './turns.ts';

/** Making a file of an image takes all that a login node has. */
const pullsAtOnce = 2;
const retryMs = 10_000;

export interface ImagePullerOptions {
  readonly pull: PullImage;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when the pod's images are there, or it was dropped. */
  onDone(entry: PodEntry): void;
}

/**
 * Pulls the images of pods that have no job yet, where compute nodes can't: two at a time, and each image of the cache once. A pod's folder
 * says what is left to do, so that a process that begins goes on where another was killed; what that one had begun holds the image's
 * lock, and is waited for.
 */
export class ImagePuller {
  readonly #options: ImagePullerOptions;
  readonly #turns = new Turns(pullsAtOnce);
  readonly #pods = new Map<string, { readonly entry: PodEntry; readonly stop: AbortController }>();
  readonly #loops = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(options: ImagePullerOptions) {
    this.#options = options;
  }

  add(entry: PodEntry): void {
    if (this.#pods.has(entry.uid)) return;
    this.#pods.set(entry.uid, { entry, stop: new AbortController() });
    this.#begin(entry.uid);
  }

  /** Its images are not wanted any more. `onDone` follows, when nothing is pulled any more. */
  drop(uid: string): void {
    this.#pods.get(uid)?.stop.abort();
  }

  isPulling(uid: string): boolean {
    return this.#pods.has(uid);
  }

  /** Pulls until the signal aborts, and ends what is under way then. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const uid of this.#pods.keys()) this.#begin(uid);
    if (!signal.aborted) await once(signal, 'abort');
    await Promise.all(this.#loops);
  }

  #begin(uid: string): void {
    const pod = this.#pods.get(uid);
    const running = this.#signal;
    if (pod === undefined || running === undefined) return;
    const loop = this.#pull(pod.entry, AbortSignal.any([running, pod.stop.signal])).finally(() => {
      this.#loops.delete(loop);
      this.#pods.delete(uid);
      if (!running.aborted) this.#options.onDone(pod.entry);
    });
    this.#loops.add(loop);
  }

  async #pull(entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { pull, book, clock, logger } = this.#options;
    while (!signal.aborted) {
      await pullAll(entry, { pull, turns: this.#turns, book, clock, signal });
      if (signal.aborted) return;
      try {
        await forgetPulls(entry.folder);
        entry.pulls = [];
        return;
      } catch (error) {
        logger.warn({ err: error, ...podFields(entry.reference) }, 'cannot note that images are there: trying again');
        await sleepBy(clock, retryMs, signal);
      }
    }
  }
}
