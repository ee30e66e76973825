import type { AdmissionStep } from './admission-step.ts';
import type { BackendMirror } from './backend-mirror.ts';
import { hasBegun } from './next-step.ts';
import type { PodCreator } from './pod-creator.ts';
import type { PodEntry } from './pod-entry.ts';
import type { PodUpdater } from './pod-updater.ts';
import type { StatusWriter } from './status-writer.ts';
import { isStatusUnclear, mayHaveBeenSent } from './unclear-create.ts';

export interface PodHandoverOptions {
  readonly mirror: Pick<BackendMirror, 'get' | 'epoch'>;
  readonly admission: Pick<AdmissionStep, 'pass'>;
  readonly creator: Pick<PodCreator, 'create' | 'adopt'>;
  readonly updater: Pick<PodUpdater, 'noteCreated'>;
  readonly status: Pick<StatusWriter, 'write'>;
  retry(uid: string, delayMs: number): void;
}

/** A PUT whose pod has not shown up in the stream by then is sent again. */
const reportDueMs = 15_000;

/** A pod's way to the backend: let in, handed over, awaited in what the backend reports, and asked for when that lacks it. */
export class PodHandover {
  readonly #options: PodHandoverOptions;

  constructor(options: PodHandoverOptions) {
    this.#options = options;
  }

  /** Hands the pod over, unless it is held back; then it is tried again when that is over. */
  async create(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { creator, updater, status, mirror, retry } = this.#options;
    if (performance.now() >= entry.heldBackUntilMs) {
      if (!(await this.#isLetIn(uid, entry, signal))) return;
      const { pod } = entry;
      if (pod !== undefined && (await creator.create(uid, entry, signal))) {
        updater.noteCreated(entry, pod);
        return this.#onHandedOver(uid, entry);
      }
      await status.write(entry, mirror.get(uid), { isFinal: false, signal });
    }
    retry(uid, entry.heldBackUntilMs - performance.now());
  }

  /** A PUT has succeeded, and the backend's answer is still on its way. */
  isAwaitingReport({ created }: PodEntry): boolean {
    return (
      created !== undefined &&
      created.epoch === this.#options.mirror.epoch &&
      performance.now() - created.atMs < reportDueMs
    );
  }

  /**
   * Asks the backend for a pod that was handed over and that it does not list, without having said that it is gone: a v1 plugin can't
   * list, and a restarted InterLink knows none of its pods.
   */
  async isStillThere(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const { pod } = entry;
    if (pod === undefined || !this.#isUnheardOf(uid, entry)) return false;
    if (!hasBegun(pod) && !mayHaveBeenSent(entry)) return false;
    if (!(await this.#options.creator.adopt(pod, signal))) return false;
    this.#onHandedOver(uid, entry);
    return true;
  }

  /**
   * As {@link isStillThere}, of a pod that is to end. `may turn up`: the backend may get to it yet, though it has none to show, as a v1 plugin
   * can have the pod in its queue, unseen; or it can't tell. Whoever gives such a pod up tells the backend to end it.
   */
  async lookUp(uid: string, entry: PodEntry, signal: AbortSignal): Promise<'there' | 'may turn up' | 'gone'> {
    try {
      if (await this.isStillThere(uid, entry, signal)) return 'there';
    } catch (error) {
      if (!isStatusUnclear(error)) throw error;
      return 'may turn up';
    }
    return this.#isUnheardOf(uid, entry) && mayHaveBeenSent(entry) ? 'may turn up' : 'gone';
  }

  #isUnheardOf(uid: string, { isToldGone }: PodEntry): boolean {
    return this.#options.mirror.get(uid) === undefined && !isToldGone;
  }

  /** What the backend has, or what has begun, was let in before. */
  async #isLetIn(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const isIn = this.#options.mirror.get(uid) !== undefined || (entry.pod !== undefined && hasBegun(entry.pod));
    return isIn || (await this.#options.admission.pass(uid, entry, signal));
  }

  #onHandedOver(uid: string, entry: PodEntry): void {
    entry.trace?.onHandedOver();
    entry.created = { epoch: this.#options.mirror.epoch, atMs: performance.now() };
    this.#options.retry(uid, reportDueMs);
  }
}
