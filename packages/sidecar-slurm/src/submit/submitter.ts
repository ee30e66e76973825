import { backOffMs, type Clock, InterLinkError, type Logger, podFields } from '@interlink/sidecar-sdk';
import { moveClaim, readRunner, takeClaim } from '../folder/claim.ts';
import { writeSubmission } from '../folder/stored-pod.ts';
import type { JobTable } from '../jobs/job-table.ts';
import { sleepBy } from '../jobs/sleep-by.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import { isUncertain } from '../slurm/slurm-error.ts';

/** While Slurm is away, or has enough, everybody waits. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** What stands in the folders of others is written while sbatch runs for one, and is given for the next. */
const triesAtOnce = 4;

export interface SubmitterOptions {
  readonly slurm: Pick<SlurmApi, 'submit'>;
  readonly jobs: JobTable;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after each try. */
  onDone(entry: PodEntry): void;
}

/**
 * Gives each pod its job, in the order in which they came; `slurm.submit` runs one sbatch at a time. One pod is one job whatever fails or
 * is killed in between: what was begun stands in the pod's folder before sbatch is called; what has no answer is looked up by its UID;
 * and should Slurm have two jobs of a pod after all, the one whose number does not stand in the pod's `claim` ends before it has done
 * anything.
 */
export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #awaited = new Map<string, () => void>();
  /** Whose last sbatch is known to have made no job, or none that can run. */
  readonly #refused = new Set<string>();
  #wake: () => void = () => undefined;
  #pauseMs = 0;
  /** How long Slurm is to be left alone now. */
  #restMs = 0;
  readonly #submitting = new Map<string, Promise<void>>();

  constructor(options: SubmitterOptions) {
    this.#options = options;
  }

  /** Sees to it that the pod gets a job. */
  add(uid: string): void {
    this.#waiting.add(uid);
    this.#wake();
  }

  /** It is to have no job any more. One that is just being submitted gets its id first. */
  drop(uid: string): void {
    this.#waiting.delete(uid);
    this.#failures.delete(uid);
    this.#refused.delete(uid);
  }

  /** Whether others wait for their turn. */
  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }

  /** True while sbatch is on its way for the pod. */
  isSubmitting(uid: string): boolean {
    return this.#submitting.has(uid);
  }

  /** Resolves after the next try for the pod, whatever came of it, or after so many milliseconds. */
  async tried(uid: string, maxMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const settle = () => {
        callOff();
        this.#awaited.delete(uid);
        resolve();
      };
      const callOff = this.#options.clock.setTimer(maxMs, settle);
      this.#awaited.set(uid, settle);
    });
  }

  /** Submits until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      const uid = this.#next();
      if (this.#restMs > 0) await this.#rest(signal);
      else if (uid !== undefined) this.#begin(uid);
      else await this.#idle();
    }
    await Promise.all(this.#submitting.values());
  }

  /** Whose turn it is; undefined while there is nobody, or enough are on their way. */
  #next(): string | undefined {
    if (this.#submitting.size >= triesAtOnce) return undefined;
    return this.#waiting.values().find((uid) => !this.#submitting.has(uid));
  }

  /** Until there is more to do, or nothing any more. */
  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** slurmctld is away or has enough: the others would hear the same. */
  async #rest(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#submitting.values());
    await sleepBy(this.#options.clock, this.#restMs, signal);
    this.#restMs = 0;
  }

  #begin(uid: string): void {
    this.#waiting.delete(uid);
    const entry = this.#options.book.get(uid);
    if (entry === undefined || entry.jobId !== undefined || entry.deletion !== undefined || entry.isEnding) return;
    const done = this.#submit(entry).then(() => {
      this.#submitting.delete(uid);
      this.#wake();
      this.#awaited.get(uid)?.();
      this.#options.onDone(entry);
    });
    this.#submitting.set(uid, done);
  }

  async #submit(entry: PodEntry): Promise<void> {
    const { book, logger } = this.#options;
    try {
      const jobId = (await this.#findMade(entry)) ?? (await this.#make(entry));
      await this.#keep(entry, jobId);
      this.#failures.delete(entry.uid);
      this.#refused.delete(entry.uid);
      entry.trouble = undefined;
      this.#pauseMs = 0;
      logger.info({ ...podFields(entry.reference), jobId }, 'job submitted');
      book.tell(entry);
    } catch (error) {
      this.#troubled(entry, InterLinkError.from(error));
    }
  }

  /** The job of an earlier try that nobody had an answer of. */
  async #findMade(entry: PodEntry): Promise<string | undefined> {
    const { uid, submission } = entry;
    if (submission === undefined || this.#refused.has(uid)) return undefined;
    const found = await this.#options.jobs.lookUp(uid, submission.lost);
    if (found !== undefined) return found.id;
    await entry.read();
    return entry.record?.jobId;
  }

  async #make(entry: PodEntry): Promise<string> {
    const { uid, submission: before } = entry;
    const isAnother = before !== undefined && !this.#refused.has(uid);
    const number = (before?.number ?? 1) + (isAnother ? 1 : 0);
    // From here on, only the job with this number may run; if one has begun before, it is this pod's.
    const begun = isAnother ? await this.#claim(entry, number) : entry.record?.jobId;
    if (begun !== undefined) return begun;
    entry.submission = { ...before, number, at: this.#timestamp() };
    // Of the first try the pod's own record may say so.
    if (before !== undefined || entry.stored.isOrdered !== true) await writeSubmission(entry.folder, entry.submission);
    try {
      this.#refused.delete(uid);
      return (await this.#options.slurm.submit({ ...entry.stored.order, scriptArguments: [String(number)] })).jobId;
    } catch (error) {
      if (!isUncertain(error)) this.#refused.add(uid);
      throw error;
    }
  }

  /** @returns the job that has the pod already */
  async #claim(entry: PodEntry, number: number): Promise<string | undefined> {
    const { folder } = entry;
    // It may be there already: a process before was killed right after that.
    if (await takeClaim(folder, number)) return undefined;
    await entry.read();
    const begun = entry.record?.jobId ?? (await readRunner(folder));
    // Else it is of a job that was ordered before this one, and never came.
    if (begun === undefined) await moveClaim(folder, number);
    return begun;
  }

  async #keep(entry: PodEntry, jobId: string): Promise<void> {
    const { number = 1 } = entry.submission ?? {};
    entry.submission = { ...entry.submission, number, jobId, at: this.#timestamp() };
    await writeSubmission(entry.folder, entry.submission);
  }

  #troubled(entry: PodEntry, error: InterLinkError): void {
    const { book, logger, clock } = this.#options;
    const { uid } = entry;
    const isNew = entry.trouble?.message !== error.message;
    entry.trouble = { reason: error.reason ?? 'SlurmSubmitFailed', message: error.message };
    book.tell(entry);
    if (isNew) {
      logger.warn({ err: error, ...podFields(entry.reference) }, 'cannot submit a job');
      book.event(uid, { type: 'Warning', reason: 'FailedSubmit', message: error.message });
    }
    if (error.isPassing) {
      this.#waiting.add(uid);
      // Tries that were under way together fail for the same reason.
      if (this.#restMs === 0) this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, firstPauseMs), longestPauseMs);
      this.#restMs = this.#pauseMs;
      return;
    }
    const failures = (this.#failures.get(uid) ?? 0) + 1;
    this.#failures.set(uid, failures);
    clock.setTimer(backOffMs(failures), () => {
      if (this.#failures.has(uid)) this.add(uid);
    });
  }

  #timestamp(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}
