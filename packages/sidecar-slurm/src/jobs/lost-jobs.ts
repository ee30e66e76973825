import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { writeSubmission } from '../folder/stored-pod.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob, SlurmJob } from '../slurm/slurm-job.ts';
import { findRefused, isPerhapsCancelled } from './duplicate-ids.ts';

export interface LostJobsOptions {
  readonly slurm: Pick<SlurmApi, 'accounting' | 'nodeReasons'>;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A pod's job is to be made again: Slurm has forgotten it before it said that it has begun. */
  onVanished(entry: PodEntry): void;
  /** A pod's job is to be made again: its node did not take it. */
  onRefused(entry: PodEntry): void;
}

/** A job that has ended, and has said nothing. */
export interface EndedJob {
  readonly entry: PodEntry;
  readonly job: PodJob;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Slurm cancels a job that its node has refused, and drains the node after that: the time that this may take when it is busy. */
const drainDelayMs = 5_000;

/** Jobs that a slurmctld has lost, as one does that was killed: which of them are to be made again. */
export class LostJobs {
  readonly #options: LostJobsOptions;
  /** When a job of theirs was first seen to have ended before it had begun. */
  readonly #endedSinceMs = new WeakMap<PodEntry, number>();

  constructor(options: LostJobsOptions) {
    this.#options = options;
  }

  /** Says what became of pods whose jobs squeue does not show any more. Asks sacct once for all of them. */
  async judgeVanished(entries: ReadonlyArray<PodEntry>): Promise<void> {
    const ids = entries.flatMap(({ record, jobId }) => (record?.phase === 'ended' ? [] : (jobId ?? [])));
    const accounted = ids.length === 0 ? undefined : await this.#options.slurm.accounting({ ids });
    const byId = Map.groupBy(accounted ?? [], ({ id }) => id);
    for (const entry of entries) {
      const { uid, jobId = '', record } = entry;
      const jobs = record?.phase === 'ended' ? [] : (byId.get(jobId) ?? []);
      await this.#gone(
        entry,
        jobs.find(({ identity }) => identity === undefined || identity.uid === uid),
      );
    }
  }

  /**
   * Makes those again that their nodes did not take. Asks scontrol once for all of them.
   *
   * @returns those that have ended otherwise, and since when that is known; of the others nothing is sure yet
   */
  async judgeUnbegun(entries: ReadonlyMap<PodJob, PodEntry>): Promise<EndedJob[]> {
    const { slurm, book, clock, onRefused } = this.#options;
    // What it has written comes after its end where a shared file system is slow.
    await Promise.all([...entries.values()].map(async ({ uid }) => await book.refresh(uid)));
    const unbegun = [...entries].filter(([, { record }]) => record === undefined).map(([job]) => job);
    const refused = await findRefused(slurm, unbegun, book.all());
    const nowMs = clock.now();
    const ended: EndedJob[] = [];
    for (const [job, entry] of entries) {
      const sinceMs = this.#since(entry, nowMs);
      const isSure = entry.record !== undefined || !isPerhapsCancelled(job) || nowMs - sinceMs >= drainDelayMs;
      const why = `Node ${job.batchHost} has not run job ${job.id}: it had another one with this id, which Slurm has forgotten`;
      if (refused.has(job)) await this.#again(entry, why, onRefused);
      else if (isSure) ended.push({ entry, job, sinceMs });
    }
    return ended;
  }

  #since(entry: PodEntry, nowMs: number): number {
    const sinceMs = this.#endedSinceMs.get(entry) ?? nowMs;
    this.#endedSinceMs.set(entry, sinceMs);
    return sinceMs;
  }

  async #gone(entry: PodEntry, job: SlurmJob | undefined): Promise<void> {
    if (job === undefined && entry.record === undefined && entry.submission !== undefined) {
      await this.#again(entry, `Slurm has forgotten job ${entry.jobId}`, this.#options.onVanished);
      return;
    }
    entry.sight = { kind: 'gone', job, sinceMs: this.#options.clock.now() };
    this.#options.book.tell(entry);
  }

  /** Its job is lost, and had not begun. */
  async #again(entry: PodEntry, why: string, tell: (entry: PodEntry) => void): Promise<void> {
    const { book, logger } = this.#options;
    const { uid, jobId, submission } = entry;
    const message = `${why}: the pod gets a new job`;
    logger.warn({ ...podFields(entry.reference), jobId }, message);
    book.event(uid, { type: 'Warning', reason: 'JobLost', message });
    this.#endedSinceMs.delete(entry);
    entry.sight = { kind: 'unseen' };
    entry.submission = { number: submission?.number ?? 1, at: submission?.at ?? new Date(0).toISOString() };
    await writeSubmission(entry.folder, entry.submission);
    tell(entry);
  }
}
