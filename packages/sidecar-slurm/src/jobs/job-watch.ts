import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { clearSecrets } from '../end/clear-secrets.ts';
import type { Orphans } from '../end/orphans.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import { isEndState } from '../slurm/job-state.ts';
import { Slots } from '../slurm/pace/slots.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob, SlurmJob } from '../slurm/slurm-job.ts';
import { isPerhapsRefused } from './duplicate-ids.ts';
import { chooseJob, type JobTable, type Snapshot } from './job-table.ts';
import { keepEnd } from './keep-end.ts';
import type { LostJobs } from './lost-jobs.ts';
import type { PollPace } from './poll-pace.ts';
import { sightEvents, type TellingOf } from './sight-events.ts';
import { sleepBy } from './sleep-by.ts';
import { steadyEstimate } from './steady-estimate.ts';

export interface JobWatchOptions {
  readonly table: JobTable;
  readonly slurm: Pick<SlurmApi, 'cancel'>;
  readonly book: PodBook;
  readonly pace: PollPace;
  readonly orphans: Orphans;
  readonly lost: LostJobs;
  readonly clock: Clock;
  readonly logger: Logger;
  /** All of a pod's jobs, as squeue shows them. */
  onJobs(entry: PodEntry, jobs: ReadonlyArray<PodJob>): void;
  /** A pod that is to end was looked at. */
  onSeen(entry: PodEntry): void;
}

/** Without jobs nothing is asked; a new pod says so by {@link JobWatch.soon}. */
const idleMs = 60_000;

const looksAtFirst = 5;
/** Pods whose files are read at once, when many jobs have ended. */
const readsAtOnce = 16;
const none: ReadonlyArray<PodJob> = [];

/** Keeps what is known of each job true: one squeue for all of them, again and again. */
export class JobWatch {
  readonly #options: JobWatchOptions;
  /** Whose job was not there when squeue was asked last. */
  readonly #missing = new Set<string>();
  /** Of whose end all is told. */
  readonly #settled = new WeakSet<PodEntry>();
  /** Of whom it was said that they can't be brought up to date. */
  readonly #troubled = new WeakSet<PodEntry>();
  readonly #slots = new Slots(readsAtOnce);
  #looks = 0;
  #wake = new AbortController();

  constructor(options: JobWatchOptions) {
    this.#options = options;
  }

  /** Somebody waits for a job to change: look as soon as the pace allows. */
  soon(): void {
    this.#wake.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { table, pace, logger, clock } = this.#options;
    let isAway = false;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      try {
        if (!this.#isAnybodyThere()) {
          await sleepBy(clock, idleMs, AbortSignal.any([signal, this.#wake.signal]));
          continue;
        }
        const snapshot = await table.snapshot();
        pace.answered(snapshot.tookMs);
        if (isAway) logger.info('squeue answers again');
        isAway = false;
        await this.apply(snapshot);
      } catch (error) {
        pace.failed();
        if (!isAway) logger.warn({ err: error }, 'cannot ask squeue: pods keep the states they have');
        isAway = true;
      }
      await sleepBy(clock, pace.soonMs, signal);
      await sleepBy(clock, pace.intervalMs - pace.soonMs, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** A pod without an id has no job yet, one whose end is told has none any more. At first there may be jobs whose pods are gone. */
  #isAnybodyThere(): boolean {
    if (this.#looks < looksAtFirst) return true;
    for (const entry of this.#options.book.all()) {
      if (entry.jobId !== undefined && (entry.deletion !== undefined || !this.#settled.has(entry))) return true;
    }
    return false;
  }

  /** Brings every pod up to what squeue said. */
  async apply(snapshot: Snapshot): Promise<void> {
    const due = this.#due(snapshot);
    const vanished = new Set<PodEntry>();
    const unbegun = new Map<PodJob, PodEntry>();
    await Promise.all(
      due.map(async (entry) => {
        try {
          const found = await this.#slots.run(async () => await this.#look(entry, snapshot));
          if (found === 'vanished') vanished.add(entry);
          else if (found !== undefined) unbegun.set(found, entry);
          else {
            if (entry.deletion !== undefined && entry.jobId !== undefined) this.#options.onSeen(entry);
            this.#troubled.delete(entry);
          }
        } catch (error) {
          this.#tellTrouble(entry, error);
        }
      }),
    );
    await this.#judge(vanished);
    await this.#judgeUnbegun(unbegun);
    await this.#endOrphans(snapshot);
    this.#looks += 1;
  }

  /** Whoever has news, or something under way. Of thousands that wait in a queue these are few, and nothing else is done for the others. */
  #due({ byUid }: Snapshot): PodEntry[] {
    const due: PodEntry[] = [];
    const nowMs = this.#options.clock.now();
    for (const entry of this.#options.book.all()) {
      const jobs = byUid.get(entry.uid) ?? none;
      if (this.#isAsBefore(entry, jobs)) {
        keepEstimate(entry, nowMs);
        this.#options.onJobs(entry, jobs);
      } else due.push(entry);
    }
    return due;
  }

  /** Whether its only job goes on as it was seen before, and nothing is wanted of it: squeue's same line is the same object. */
  #isAsBefore({ sight, uid, jobId, deletion }: PodEntry, [job, ...others]: ReadonlyArray<PodJob>): boolean {
    if (job === undefined || others.length > 0 || jobId === undefined || deletion !== undefined) return false;
    return sight.kind === 'seen' && sight.job === job && !isEndState(job.state) && !this.#missing.has(uid);
  }

  /** @returns what has to be asked for: sacct about a job that squeue does not show, its node about one that may have been cancelled before it began */
  async #look(entry: PodEntry, snapshot: Snapshot): Promise<'vanished' | PodJob | undefined> {
    const { jobId, uid, submission } = entry;
    if (jobId === undefined) return undefined;
    const jobs = snapshot.byUid.get(uid) ?? [];
    const job = chooseJob(jobs, jobId);
    this.#options.onJobs(entry, jobs);
    if (job !== undefined) {
      this.#missing.delete(uid);
      if (isPerhapsRefused(entry, job)) return job;
      // Told before this process began.
      if (submission?.ended !== undefined && isEndState(job.state)) await this.#settle(entry);
      else await this.#seen(entry, job);
    } else if (snapshot.askedAtMs > Date.parse(submission?.at ?? '')) {
      return (await this.#unseen(entry)) ? 'vanished' : undefined;
    }
    return undefined;
  }

  /** One pod's folder must not keep the others from being looked at. */
  #tellTrouble(entry: PodEntry, error: unknown): void {
    if (this.#troubled.has(entry)) return;
    this.#troubled.add(entry);
    this.#options.logger.warn(
      { err: error, ...podFields(entry.reference) },
      'cannot bring a pod up to date: trying again',
    );
  }

  async #judge(vanished: ReadonlySet<PodEntry>): Promise<void> {
    if (vanished.size === 0) return;
    for (const { uid } of vanished) this.#missing.delete(uid);
    const troubled = new Set<PodEntry>();
    await this.#options.lost.judgeVanished([...vanished], (entry, error) => {
      troubled.add(entry);
      this.#tellTrouble(entry, error);
    });
    for (const entry of vanished) {
      if (!troubled.has(entry)) this.#troubled.delete(entry);
      if (entry.deletion !== undefined) this.#options.onSeen(entry);
    }
  }

  /** What became of jobs that have ended and whose scripts have said nothing. */
  async #judgeUnbegun(unbegun: ReadonlyMap<PodJob, PodEntry>): Promise<void> {
    if (unbegun.size === 0) return;
    const { lost, onSeen } = this.#options;
    const refusalOf = await lost.refusalsOf([...unbegun.keys()]);
    const judge = async (job: PodJob, entry: PodEntry) => {
      try {
        const sinceMs = await lost.judgeUnbegun(entry, job, refusalOf(job));
        if (sinceMs !== undefined) await this.#seen(entry, job, sinceMs);
        if (entry.deletion !== undefined) onSeen(entry);
        this.#troubled.delete(entry);
      } catch (error) {
        this.#tellTrouble(entry, error);
      }
    };
    await Promise.all([...unbegun].map(([job, entry]) => this.#slots.run(async () => await judge(job, entry))));
  }

  async #endOrphans({ byUid }: Snapshot): Promise<void> {
    const { orphans, book, slurm, logger } = this.#options;
    const ids = orphans.find([...byUid.values()].flat(), (uid) => book.has(uid));
    if (ids.length === 0) return;
    logger.warn({ jobIds: ids }, 'ends jobs whose pods are gone');
    await slurm.cancel(ids, 'plain');
  }

  async #seen(entry: PodEntry, shown: PodJob, sinceMs = this.#options.clock.now()): Promise<void> {
    const { book, clock } = this.#options;
    const before = entry.sight;
    const seen = before.kind === 'seen' ? before : undefined;
    const nowMs = clock.now();
    const estimatedAtMs = shown.estimatedStart === undefined ? seen?.estimatedAtMs : nowMs;
    const job = seen === undefined ? shown : steadyEstimate(seen.job, shown, nowMs, estimatedAtMs ?? 0);
    const isEnded = isEndState(job.state);
    const endedSinceMs = isEnded ? (seen?.endedSinceMs ?? sinceMs) : undefined;
    entry.sight = { kind: 'seen', job, endedSinceMs, estimatedAtMs };
    const isNews = seen === undefined || !isSame(seen.job, job);
    if (isNews) for (const event of sightEvents(before, job, tellingOf(entry))) book.event(entry.uid, event);
    entry.isStartTold ||= job.estimatedStart !== undefined;
    if (isEnded) await this.#settle(entry);
    else if (isNews) book.tell(entry);
  }

  /** A job that has ended without a last word may have written it where this host does not see it yet. */
  async #settle(entry: PodEntry): Promise<void> {
    if (this.#settled.has(entry)) return;
    await this.#options.book.refresh(entry.uid);
    if (entry.stage(this.#options.clock.now()).kind !== 'over') return;
    await keepEnd(entry, this.#options.clock.now());
    if (!entry.hadEnded) {
      const { jobId, sight } = entry;
      const state = sight.kind === 'unseen' ? undefined : sight.job?.state;
      this.#options.logger.info({ ...podFields(entry.reference), jobId, state }, 'job ended');
    }
    this.#settled.add(entry);
    // With a pod that is to end, its whole folder goes.
    if (entry.deletion === undefined) await clearSecrets(entry.folder, entry.stored.pod);
  }

  async #unseen(entry: PodEntry): Promise<boolean> {
    const { uid, sight } = entry;
    if (sight.kind === 'gone' || (sight.kind === 'seen' && sight.endedSinceMs !== undefined)) {
      await this.#settle(entry);
      return false;
    }
    if (!this.#missing.has(uid)) {
      this.#missing.add(uid);
      return false;
    }
    await this.#options.book.refresh(uid);
    return true;
  }
}

function isSame(one: SlurmJob, other: SlurmJob): boolean {
  if (one === other) return true;
  return (
    one.state === other.state &&
    one.reason === other.reason &&
    one.restarts === other.restarts &&
    one.estimatedStart?.getTime() === other.estimatedStart?.getTime()
  );
}

/** An estimate that goes on being the same is as good as a new one. */
function keepEstimate(entry: PodEntry, nowMs: number): void {
  const { sight } = entry;
  if (sight.kind === 'seen' && sight.job.estimatedStart !== undefined) entry.sight = { ...sight, estimatedAtMs: nowMs };
}

/** Of a job that had ended before this process began, another one has told. */
function tellingOf({ isEndExpected, hadEnded, isStartTold }: PodEntry): TellingOf {
  return { isEndExpected: isEndExpected || hadEnded, isStartTold };
}
