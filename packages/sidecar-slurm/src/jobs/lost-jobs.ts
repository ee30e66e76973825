import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { moveClaim, readRunner, takeClaim } from '../folder/claim.ts';
import { type Submission, writeSubmission } from '../folder/stored-pod.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob, SlurmJob } from '../slurm/slurm-job.ts';
import { endsUnbegun, lostTooOften } from '../status/judge-state.ts';
import { settleMs } from '../status/stage-of.ts';
import { findRefusals, mostJobs, type Refusal } from './duplicate-ids.ts';
import { keepEnd } from './keep-end.ts';

export interface LostJobsOptions {
  readonly slurm: Pick<SlurmApi, 'accounting' | 'nodeReasons'>;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A pod's job is to be made again: Slurm has forgotten it before it said that it has begun, or its node did not take it. */
  onLost(entry: PodEntry): void;
}

/** How long a job has to be seen as ended before what speaks for its refusal is believed. */
const doubtMs: Readonly<Record<Refusal, number>> = {
  likely: 0,
  silent: settleMs,
  /** Slurm cancels a job that its node has refused, and drains the node after that: the time that this may take when it is busy. */
  unknown: 5_000,
  none: 0,
};
/** Ids of lost jobs that are kept: more than a slurmctld forgets at once. */
const mostLostIds = 10_000;

/** Jobs that a slurmctld has lost, as one does that was killed: which of them are to be made again. */
export class LostJobs {
  readonly #options: LostJobsOptions;
  /** Jobs that seem to have ended before they began, and when that was first seen. */
  readonly #unsure = new WeakMap<PodEntry, { readonly job: PodJob; readonly sinceMs: number }>();
  /** Which may have been given out again, while their first jobs are on nodes. */
  readonly #lostIds = new Set<string>();

  constructor(options: LostJobsOptions) {
    this.#options = options;
  }

  /**
   * Says what became of pods whose jobs squeue does not show any more. Asks sacct once for all of them.
   *
   * @param onTrouble called for each of which that can't be said now, since its folder can't be written or read
   */
  async judgeVanished(
    entries: ReadonlyArray<PodEntry>,
    onTrouble: (entry: PodEntry, error: unknown) => void,
  ): Promise<void> {
    const ids = entries.flatMap(({ record, jobId }) => (record?.phase === 'ended' ? [] : (jobId ?? [])));
    const accounted = ids.length === 0 ? undefined : await this.#options.slurm.accounting({ ids });
    const byId = Map.groupBy(accounted ?? [], ({ id }) => id);
    for (const entry of entries) {
      const { uid, jobId = '', record } = entry;
      const jobs = record?.phase === 'ended' ? [] : (byId.get(jobId) ?? []);
      const job = jobs.find(({ identity }) => identity === undefined || identity.uid === uid);
      await this.#gone(entry, job).catch((error: unknown) => onTrouble(entry, error));
    }
  }

  /** What speaks for it that jobs which have ended without a word did not run. Asks scontrol once for all of them. */
  async refusalsOf(jobs: ReadonlyArray<PodJob>): Promise<(job: PodJob) => Refusal> {
    const { slurm, book } = this.#options;
    return await findRefusals(slurm, jobs, book.all(), this.#lostIds);
  }

  /**
   * Has the job made again that its node did not take, or that has not begun its pod. Whether it has begun its pod's `claim` says, which every job takes first.
   *
   * @returns since when the job is known to have ended otherwise, milliseconds since the epoch; undefined: it has not, or that is not sure yet
   */
  async judgeUnbegun(entry: PodEntry, job: PodJob, refusal: Refusal): Promise<number | undefined> {
    const nowMs = this.#options.clock.now();
    const { sinceMs } = this.#unsure.get(entry) ?? { sinceMs: nowMs };
    this.#unsure.set(entry, { job, sinceMs });
    if (nowMs - sinceMs < doubtMs[refusal]) return undefined;
    if ((refusal === 'likely' || refusal === 'silent') && (await this.#takeBack(entry))) {
      await this.#again(entry, whyUnbegun(job, refusal));
      return undefined;
    }
    this.#unsure.delete(entry);
    return sinceMs;
  }

  /** @returns whether its job has not begun, and can't any more */
  async #takeBack(entry: PodEntry): Promise<boolean> {
    await this.#options.book.refresh(entry.uid);
    const { record, deletion, submission, folder } = entry;
    if (record !== undefined || deletion !== undefined || (await readRunner(folder)) !== undefined) return false;
    // A claim that is there already is a job's own, unless the sidecar gave it this number.
    const { number = 1 } = submission ?? {};
    return number > 1 || (await takeClaim(folder, number + 1));
  }

  async #gone(entry: PodEntry, job: SlurmJob | undefined): Promise<void> {
    const known = job ?? this.#unsure.get(entry)?.job;
    const hasBegun = entry.record !== undefined || (await readRunner(entry.folder)) !== undefined;
    if ((known === undefined || endsUnbegun(known)) && !hasBegun && entry.submission !== undefined) {
      const why = known === undefined ? `Slurm has forgotten job ${entry.jobId}` : whyUnbegun(known, 'silent');
      if (lossesOf(entry) < mostJobs) await this.#again(entry, why);
      else await this.#giveUp(entry);
      return;
    }
    await this.#end(entry, { kind: 'gone', job: known, sinceMs: this.#options.clock.now() });
  }

  async #end(entry: PodEntry, sight: PodEntry['sight'] & { kind: 'gone' }): Promise<void> {
    entry.sight = sight;
    await keepEnd(entry, sight.sinceMs);
    this.#options.book.tell(entry);
  }

  /** Slurm has lost as many jobs of the pod as it gets. None of them may begin after that. */
  async #giveUp(entry: PodEntry): Promise<void> {
    const { book, clock, logger } = this.#options;
    const { uid, jobId, submission, folder } = entry;
    const losses = lossesOf(entry);
    await moveClaim(folder, (submission?.number ?? 1) + 1);
    const { message } = lostTooOften(losses, jobId);
    logger.warn({ ...podFields(entry.reference), jobId }, message);
    book.event(uid, { type: 'Warning', reason: 'JobLost', message });
    await this.#end(entry, { kind: 'gone', job: undefined, sinceMs: clock.now(), losses });
  }

  /** Its job is lost, and had not begun. */
  async #again(entry: PodEntry, why: string): Promise<void> {
    const { book, logger, onLost } = this.#options;
    const { uid, jobId, submission } = entry;
    const { number = 1, at = new Date(0).toISOString() } = submission ?? {};
    const next: Submission = { number, at, losses: lossesOf(entry), ...(jobId === undefined ? {} : { lost: jobId }) };
    await writeSubmission(entry.folder, next);
    entry.submission = next;
    entry.sight = { kind: 'unseen' };
    this.#unsure.delete(entry);
    if (jobId !== undefined) this.#keepLost(jobId);
    const message = `${why}: the pod gets a new job`;
    logger.warn({ ...podFields(entry.reference), jobId }, message);
    book.event(uid, { type: 'Warning', reason: 'JobLost', message });
    book.tell(entry);
    onLost(entry);
  }

  #keepLost(id: string): void {
    this.#lostIds.add(id);
    const [oldest] = this.#lostIds;
    if (oldest !== undefined && this.#lostIds.size > mostLostIds) this.#lostIds.delete(oldest);
  }
}

/** How many of the pod's jobs Slurm has lost, with the one that was just found to be. */
function lossesOf({ submission }: PodEntry): number {
  return (submission?.losses ?? 0) + 1;
}

function whyUnbegun({ id, batchHost }: SlurmJob, refusal: 'likely' | 'silent'): string {
  if (refusal === 'silent') return `Job ${id} has ended without having begun the pod`;
  return `Node ${batchHost} has not run job ${id}: it had another one with this id, which Slurm has forgotten`;
}
