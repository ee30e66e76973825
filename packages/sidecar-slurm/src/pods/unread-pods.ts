import { type Clock, InterLinkError, type OwnedReport } from '@interlink/sidecar-sdk';
import type { PodFolder, PodKey } from '../folder/pod-folder.ts';
import { sleepBy } from '../jobs/sleep-by.ts';

/** A pod whose folder is there and can't be read now. */
export interface UnreadPod {
  readonly key: PodKey;
  readonly folder: PodFolder;
  readonly error: InterLinkError;
  /** That it is there; undefined when nobody can tell whose it is. */
  readonly report: OwnedReport | undefined;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Pods whose folders could not be read. Each may have a job that runs: it is no orphan, and the pod is neither made nor taken for ended
 * meanwhile.
 */
export class UnreadPods {
  readonly #pods = new Map<string, UnreadPod>();
  #wake: () => void = () => undefined;

  /** There are some of which nothing can be told. */
  get hasNameless(): boolean {
    return this.all().some(({ report }) => report === undefined);
  }

  /** @returns whether it is news */
  add(pod: UnreadPod): boolean {
    const isNew = !this.#pods.has(pod.key.uid);
    this.#pods.set(pod.key.uid, pod);
    this.#wake();
    return isNew;
  }

  /** @returns whether it was one of these */
  delete(uid: string): boolean {
    return this.#pods.delete(uid);
  }

  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  all(): UnreadPod[] {
    return [...this.#pods.values()];
  }

  /** @throws InterLinkError `unavailable` when the pod is one of these */
  assertRead(uid: string): void {
    const unread = this.#pods.get(uid);
    if (unread === undefined) return;
    const { folder, error } = unread;
    throw new InterLinkError('unavailable', `Cannot read the pod’s folder ${folder.path}: ${error.message}`);
  }

  reports(): OwnedReport[] {
    return this.all().flatMap(({ report }) => report ?? []);
  }

  /** Has them read again until the signal aborts. */
  async run(clock: Clock, read: () => Promise<void>, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    let waitMs = firstWaitMs;
    while (!signal.aborted) {
      if (this.#pods.size === 0) {
        await this.#idle();
        waitMs = firstWaitMs;
      }
      await sleepBy(clock, waitMs, signal);
      if (!signal.aborted) await read();
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
  }

  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
