import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { writeSubmission } from '../folder/stored-pod.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob, SlurmJob } from '../slurm/slurm-job.ts';
import { findRefused } from './duplicate-ids.ts';

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

/** Jobs that a slurmctld has lost, as one does that was killed: which of them are to be made again. */
export class LostJobs {
  readonly #options: LostJobsOptions;

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

  /** Makes those again that their nodes did not take. Asks scontrol once for all of them. @returns the others: somebody has cancelled them */
  async judgeCancelled(entries: ReadonlyMap<PodJob, PodEntry>): Promise<Array<[PodJob, PodEntry]>> {
    const { slurm, onRefused } = this.#options;
    const refused = await findRefused(slurm, [...entries.keys()]);
    for (const job of refused) {
      const entry = entries.get(job);
      const why = `Node ${job.batchHost} has another job ${job.id} already, which Slurm has forgotten`;
      if (entry !== undefined) await this.#again(entry, why, onRefused);
    }
    return [...entries].filter(([job]) => !refused.has(job));
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
    entry.sight = { kind: 'unseen' };
    entry.submission = { number: submission?.number ?? 1, at: submission?.at ?? new Date(0).toISOString() };
    await writeSubmission(entry.folder, entry.submission);
    tell(entry);
  }
}
