import { type Clock, type Logger, podFields } from '@interlink/sidecar-sdk';
import { isOfRun } from '../folder/job-record.ts';
import { sleepBy } from '../jobs/sleep-by.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import { Slots } from '../slurm/pace/slots.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob } from '../slurm/slurm-job.ts';
import { type LinkEnd, PodLink } from './pod-link.ts';

/** So many steps are being started at once. */
const opensAtOnce = 8;
const firstRetryMs = 500;
const longestRetryMs = 15_000;
/** As often an unreachable job is tried before its pod is told of it. */
const triesBeforeEvent = 4;
/** A job that sees the pod's folder has begun in it by then. */
const findOutMs = 3_000;
/** The order to stop goes without saying how long there is time when the node does not answer. */
const updateMs = 3_000;

export interface PodLinksOptions {
  readonly slurm: Pick<SlurmApi, 'spawnStep'>;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly spoolFolder: string;
  /** Whether compute nodes see the folders of pods; undefined: jobs find out. */
  readonly isShared: boolean | undefined;
}

/** One run of a job that is, or was, to have a link. */
interface Linked {
  readonly entry: PodEntry;
  job: PodJob;
  link: PodLink | undefined;
  isBusy: boolean;
  isOver: boolean;
}

/** Keeps a link to every running job that does not see its pod's folder. */
export class PodLinks {
  readonly #options: PodLinksOptions;
  readonly #slots = new Slots(opensAtOnce);
  /** By job and run. */
  readonly #runs = new WeakMap<PodEntry, Map<string, Linked>>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;
  /** Nobody has said so, but a job has been met that does not see the folders. */
  #isFoundRemote = false;

  constructor(options: PodLinksOptions) {
    this.#options = options;
  }

  /** Links are opened until the signal aborts; resolves when the last is closed. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.allSettled(this.#running);
  }

  /** What squeue says of a pod's jobs; there may be two, of which one will be refused. */
  see(entry: PodEntry, jobs: ReadonlyArray<PodJob>): void {
    if (this.#options.isShared === true) return;
    if (!this.#runs.has(entry) && jobs.every(({ state }) => state === 'PENDING')) return;
    const runs = this.#runs.get(entry) ?? new Map<string, Linked>();
    this.#runs.set(entry, runs);
    const keys = new Set(jobs.map(keyOf));
    for (const [key, { isBusy }] of runs) if (!keys.has(key) && !isBusy) runs.delete(key);
    for (const job of jobs) {
      const key = keyOf(job);
      const linked = runs.get(key) ?? { entry, job, link: undefined, isBusy: false, isOver: false };
      linked.job = job;
      // One that was over may be begun once more by a controller that forgot, and has to hear that it is not wanted.
      if (job.state === 'PENDING') linked.isOver = false;
      runs.set(key, linked);
      if (!linked.isBusy && this.#isWanted(linked)) this.#keep(linked);
    }
  }

  /** Takes a pod's volumes, and its order to stop, to where its job runs, if that is known and answers in time. */
  async update(entry: PodEntry): Promise<void> {
    const links = [...(this.#runs.get(entry)?.values() ?? [])].flatMap(({ link }) => link ?? []);
    if (links.length === 0) return;
    const enough = new AbortController();
    const done = Promise.all(links.map(async (link) => await link.update()));
    await Promise.race([done, sleepBy(this.#options.clock, updateMs, enough.signal)]);
    enough.abort();
  }

  #isWanted({ entry, job, isOver }: Linked): boolean {
    const { book, isShared } = this.#options;
    if (isOver || job.state !== 'RUNNING' || book.get(entry.uid) !== entry) return false;
    return isShared === false || entry.link !== undefined || !isOfRun(entry.record, job);
  }

  #keep(linked: Linked): void {
    const signal = this.#signal;
    if (signal === undefined || signal.aborted) return;
    linked.isBusy = true;
    const running = this.#reopen(linked, signal)
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error, ...podFields(linked.entry.reference) }, 'cannot keep a link to a job');
      })
      .finally(() => {
        linked.isBusy = false;
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  /** Again and again, for as long as the job runs. */
  async #reopen(linked: Linked, signal: AbortSignal): Promise<void> {
    const { clock, logger, isShared } = this.#options;
    const fields = { ...podFields(linked.entry.reference), jobId: linked.job.id };
    if (isShared === undefined && linked.entry.link === undefined && !this.#isFoundRemote) {
      await sleepBy(clock, findOutMs, signal);
    }
    for (let tries = 1; this.#isWanted(linked) && !signal.aborted; tries += 1) {
      const { end, wasOpen } = await this.#open(linked, signal);
      if (signal.aborted) return;
      linked.isOver = end.kind === 'over' || end.kind === 'begun-before';
      if (end.kind === 'begun-before') this.#tellBegunTwice(linked);
      if (linked.isOver) return;
      if (wasOpen) {
        tries = 1;
        this.#isFoundRemote = true;
      }
      if (end.kind === 'lost' && tries === 1)
        logger.info({ ...fields, problem: end.problem }, 'a job’s link is lost: it is opened again');
      if (end.kind === 'lost' && tries === triesBeforeEvent) this.#tellUnreachable(linked, end.problem);
      await sleepBy(clock, Math.min(firstRetryMs * 2 ** (tries - 1), longestRetryMs), signal);
    }
  }

  async #open(linked: Linked, signal: AbortSignal): Promise<{ end: LinkEnd; wasOpen: boolean }> {
    const { slurm, spoolFolder } = this.#options;
    const { entry, job } = linked;
    const { link, running } = await this.#slots.run(async () => {
      const link = new PodLink({ slurm, entry, jobId: job.id, node: job.batchHost, spoolFolder, signal });
      linked.link = link;
      const running = link.run();
      await link.opened;
      return { running, link };
    });
    const end = await running;
    linked.link = undefined;
    return { end, wasOpen: link.wasReady };
  }

  #tellBegunTwice({ entry, job }: Linked): void {
    if (entry.record?.phase === 'ended') return;
    const message = `Slurm has begun job ${job.id} a second time, as if it had not run: its controller has lost what it knew. The pod does not run twice`;
    this.#options.book.event(entry.uid, { type: 'Warning', reason: 'JobBegunTwice', message });
  }

  #tellUnreachable({ entry, job }: Linked, problem: string): void {
    const { book, logger } = this.#options;
    logger.warn({ ...podFields(entry.reference), jobId: job.id, problem }, 'cannot reach a running job');
    const message = `Job ${job.id} on ${job.batchHost} cannot be reached by srun: ${problem}`;
    book.event(entry.uid, { type: 'Warning', reason: 'JobUnreachable', message });
  }
}

function keyOf({ id, restarts }: PodJob): string {
  return `${id}/${restarts}`;
}
