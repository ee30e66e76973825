import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { type Deletion, writeDeletion } from '../folder/stop-order.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import { isEndState } from '../slurm/job-state.ts';
import type { CancelMode } from '../slurm/slurm-api.ts';
import { isWaitingInSlurm } from '../status/to-pod-report.ts';
import type { CancelBatches } from './cancel-batches.ts';
import { clearSecrets } from './clear-secrets.ts';
import type { EndedPods } from './ended-pods.ts';

/** The script ends its containers by itself when their time is up; only one that can't is killed with all it has. */
const marginMs = 3_000;
/** An order that Slurm did not take, or that had no effect, is given again. */
const retryMs = 15_000;

export interface EnderOptions {
  readonly book: PodBook;
  readonly cancels: CancelBatches;
  readonly ended: EndedPods;
  readonly clock: Clock;
  readonly logger: Logger;
  /** No job is to be made for it any more. */
  drop(uid: string): void;
  /** Something is under way for it that needs its folder. */
  isBusy(uid: string): boolean;
  /** The job of a pod whose sbatch never answered, if there is one. @throws InterLinkError `unavailable` */
  lookUp(entry: PodEntry): Promise<{ readonly id: string } | undefined>;
  /** Takes the order to the node, where that can't read it here. */
  hand(entry: PodEntry): Promise<void>;
  /** Somebody waits for Slurm to agree. */
  look(): void;
}

/** Ends pods: TERM, their time, KILL, and when Slurm agrees that nothing runs, their folders go. */
export class Ender {
  readonly #options: EnderOptions;
  /** The last order to Slurm by pod, when it was given, and how much time there was. */
  readonly #ordered = new Map<string, { readonly mode: CancelMode; readonly atMs: number } & Deletion>();
  /** Whose KILL had no effect. */
  readonly #deaf = new WeakSet<PodEntry>();

  readonly #removing = new WeakSet<PodEntry>();
  /** Orders that are being written down: the entry has them after that, since the job is to read what it is signalled for. */
  readonly #writing = new WeakMap<PodEntry, Promise<void>>();

  constructor(options: EnderOptions) {
    this.#options = options;
  }

  /** Orders the end, so that the order outlives this process. A later one may shorten the time, never lengthen it. */
  async order(entry: PodEntry, gracePeriodSeconds: number): Promise<void> {
    if (this.#removing.has(entry)) return;
    entry.isEnding = true;
    const killAtMs = this.#options.clock.now() + gracePeriodSeconds * 1_000;
    const before = this.#writing.get(entry)?.catch(() => undefined);
    const writing = Promise.resolve(before).then(async () => {
      const deletion = { killAtMs: Math.min(killAtMs, entry.deletion?.killAtMs ?? Number.POSITIVE_INFINITY) };
      try {
        await writeDeletion(entry.folder, deletion);
      } finally {
        entry.deletion = deletion;
      }
    });
    this.#writing.set(entry, writing);
    try {
      await writing;
    } finally {
      // Who has no job needs no order that can be read.
      this.#options.drop(entry.uid);
      this.step(entry);
    }
  }

  /** Does what is due for a pod that is to end; called whenever something about it may have changed. */
  step(entry: PodEntry): void {
    const { logger } = this.#options;
    this.#next(entry).catch((error: unknown) => {
      logger.warn({ err: error, ...podFields(entry.reference) }, 'cannot end a pod yet: it is tried again');
      this.#options.clock.setTimer(retryMs, () => this.step(entry));
    });
  }

  async #next(entry: PodEntry): Promise<void> {
    const { book, clock, isBusy } = this.#options;
    const { uid, jobId, deletion, sight } = entry;
    if (deletion === undefined || book.get(uid) !== entry || isBusy(uid)) return;
    if (jobId === undefined) {
      const found = entry.submission === undefined ? undefined : await this.#options.lookUp(entry);
      if (found === undefined) return await this.#remove(entry);
      entry.submission = { number: 1, ...entry.submission, jobId: found.id, at: new Date(clock.now()).toISOString() };
      return this.step(entry);
    }
    if (sight.kind === 'gone' || (sight.kind === 'seen' && isEndState(sight.job.state)))
      return await this.#remove(entry);
    const nowMs = clock.now();
    const last = this.#ordered.get(uid);
    if (last?.mode === 'kill' && nowMs >= last.atMs + retryMs) this.#deaf.add(entry);
    const mode = this.#modeOf(entry, nowMs);
    // One with less time is an order of its own: the script looks at what it has when it is signalled.
    const isGiven = last?.mode === mode && last.killAtMs <= deletion.killAtMs;
    if (isGiven && nowMs < last.atMs + retryMs) return;
    this.#ordered.set(uid, { mode, atMs: nowMs, ...deletion });
    try {
      if (mode === 'term') await this.#options.hand(entry);
      await this.#options.cancels.cancel(jobId, mode);
    } catch (error) {
      this.#ordered.delete(uid);
      throw error;
    }
    const untilKillMs = deletion.killAtMs + marginMs - clock.now();
    const waitMs = mode === 'term' && untilKillMs > 0 ? Math.min(untilKillMs, retryMs) : retryMs;
    clock.setTimer(waitMs, () => this.step(entry));
    this.#options.look();
  }

  #modeOf(entry: PodEntry, nowMs: number): CancelMode {
    // A batch script that is gone without Slurm's knowledge (a controller that was killed gives ids out twice) hears no signal.
    if (isWaitingInSlurm(entry.stage(nowMs)) || this.#deaf.has(entry)) return 'plain';
    return nowMs >= (entry.deletion?.killAtMs ?? 0) + marginMs ? 'kill' : 'term';
  }

  /** Takes the pod out of sight at once, then its files away. */
  async #remove(entry: PodEntry): Promise<void> {
    const { book, ended, clock } = this.#options;
    if (this.#removing.has(entry)) return;
    this.#removing.add(entry);
    this.#ordered.delete(entry.uid);
    try {
      // One that comes after the folder has gone would make it anew.
      await this.#writing.get(entry)?.catch(() => undefined);
      await clearSecrets(entry.folder, entry.stored.pod);
      await ended.take(entry.folder.path, clock.now());
    } finally {
      this.#removing.delete(entry);
    }
    book.remove(entry.uid);
  }
}
