import type { Clock } from '@interlink/sidecar-sdk';
import { isEndState } from '../slurm/job-state.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { PodJob } from '../slurm/slurm-job.ts';
import { isNotMine } from '../status/judge-state.ts';

/** What squeue said, once. */
export interface Snapshot {
  /** Before it was asked, milliseconds since the epoch: a job that was accepted before that is in it, unless Slurm has forgotten it. */
  readonly askedAtMs: number;
  readonly tookMs: number;
  /** Every job with our comment, by the UID of its pod. */
  readonly byUid: ReadonlyMap<string, ReadonlyArray<PodJob>>;
}

/** Asks squeue for all jobs at once; whoever wants to know while it is asked already waits for the next answer, and shares it. */
export class JobTable {
  readonly #slurm: Pick<SlurmApi, 'jobs'>;
  readonly #clock: Clock;
  #running: Promise<Snapshot> | undefined;
  #next: Promise<Snapshot> | undefined;
  /** What was answered last, sorted: an answer that is as it was is the same array. */
  #sorted: { readonly jobs: ReadonlyArray<PodJob>; readonly byUid: Snapshot['byUid'] } | undefined;

  constructor(slurm: Pick<SlurmApi, 'jobs'>, clock: Clock) {
    this.#slurm = slurm;
    this.#clock = clock;
  }

  /** The jobs as they are after this call began. @throws InterLinkError `unavailable` */
  async snapshot(): Promise<Snapshot> {
    if (this.#running === undefined) return await this.#begin();
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(async () => {
        this.#next = undefined;
        return await this.#begin();
      });
    return await this.#next;
  }

  /**
   * The pod's job as it is now. One that has ended and says that it was not the pod's is none, nor is one that was there before the lost one.
   *
   * @param lost that has not begun and never will
   * @throws InterLinkError `unavailable`
   */
  async lookUp(uid: string, lost?: string): Promise<PodJob | undefined> {
    const jobs = (await this.snapshot()).byUid.get(uid) ?? [];
    const lostAt = jobs.find(({ id, state }) => id === lost && isEndState(state))?.submitTime;
    const isOver = (job: PodJob) => job.id === lost || isNotMine(job) || isUpTo(job, lostAt);
    return chooseJob(
      jobs.filter((job) => !(isEndState(job.state) && isOver(job))),
      undefined,
    );
  }

  async #begin(): Promise<Snapshot> {
    const running = this.#ask();
    this.#running = running;
    try {
      return await running;
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  async #ask(): Promise<Snapshot> {
    const askedAtMs = this.#clock.now();
    const jobs = await this.#slurm.jobs();
    if (this.#sorted?.jobs !== jobs) this.#sorted = { jobs, byUid: Map.groupBy(jobs, ({ identity }) => identity.uid) };
    return { askedAtMs, tookMs: this.#clock.now() - askedAtMs, byUid: this.#sorted.byUid };
  }
}

/**
 * Which of a pod's jobs is the one: that with the known id, else one that lives, else, while no id is known, the newest: the end of a job that
 * was lost is not that of the one that was made after it, which squeue may not show yet. What an sbatch has left that was refused (24.11
 * keeps a record of it) is none.
 */
export function chooseJob(jobs: ReadonlyArray<PodJob>, jobId: string | undefined): PodJob | undefined {
  const real = jobs.filter(({ state, reason }) => !(state === 'FAILED' && reason === 'BadConstraints'));
  const found = real.find(({ id }) => id === jobId) ?? real.find(({ state }) => !isEndState(state));
  return found ?? (jobId === undefined ? real.toSorted(byAge).at(-1) : undefined);
}

function isUpTo({ submitTime }: PodJob, time: Date | undefined): boolean {
  return submitTime !== undefined && time !== undefined && submitTime <= time;
}

function byAge(one: PodJob, other: PodJob): number {
  return (one.submitTime?.getTime() ?? 0) - (other.submitTime?.getTime() ?? 0);
}
