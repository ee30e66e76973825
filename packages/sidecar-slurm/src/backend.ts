import type { Duplex } from 'node:stream';
import {
  type AttachOptions,
  type Backend,
  type Capabilities,
  type Clock,
  type ExecOptions,
  InterLinkError,
  type Logger,
  type LogOptions,
  type News,
  type NodeStats,
  type OwnedReport,
  type Owner,
  type PodReference,
  type PodReport,
  type PodRequest,
  podFields,
  type RemoteCommand,
  type Rendering,
  type ResolvedVolume,
} from '@interlink/sidecar-sdk';
import { attachToContainer } from './attach.ts';
import { sweepLeftovers, writePod } from './create.ts';
import { CancelBatches } from './end/cancel-batches.ts';
import { EndedPods } from './end/ended-pods.ts';
import { Ender } from './end/ender.ts';
import { Orphans } from './end/orphans.ts';
import { execInContainer, type StreamContext } from './exec.ts';
import { PodFolder, rootsIn } from './folder/pod-folder.ts';
import { Spool } from './folder/spool.ts';
import { JobTable } from './jobs/job-table.ts';
import { JobWatch } from './jobs/job-watch.ts';
import { LostJobs } from './jobs/lost-jobs.ts';
import { PollPace } from './jobs/poll-pace.ts';
import { sleepBy } from './jobs/sleep-by.ts';
import { readLog } from './logs.ts';
import type { PodPlanner } from './plan/pod-planner.ts';
import { loadPods } from './pods/load-pods.ts';
import { PodBook } from './pods/pod-book.ts';
import { PodEntry } from './pods/pod-entry.ts';
import { forwardPort } from './port-forward.ts';
import { ImagePuller } from './pull/image-puller.ts';
import type { PullImage } from './pull/pull-image.ts';
import { PodLinks } from './remote/pod-links.ts';
import { renderPod, renderStored } from './render.ts';
import type { SlurmApi } from './slurm/slurm-api.ts';
import { readStats } from './stats.ts';
import { Submitter } from './submit/submitter.ts';
import { updateVolumes } from './update-volumes.ts';
import { watchPods } from './watch.ts';

export interface SlurmBackendOptions {
  readonly slurm: SlurmApi;
  /** Absolute. */
  readonly root: string;
  /** Whether compute nodes see it; undefined: jobs find out. */
  readonly isShared: boolean | undefined;
  readonly pollIntervalMs: number;
  /** How long what is left of a pod is kept when the pod is gone. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly planner: Pick<PodPlanner, 'plan'>;
  /** Of pods whose images are there before they get a job. */
  readonly pull: PullImage;
  capabilities(): Promise<Capabilities>;
  /** Slurm's commands that were run. */
  requestsMade(): number;
}

/** How often what was kept long enough is removed. */
const sweepIntervalMs = 600_000;

/** A create's answer waits so long for sbatch's, which has the job's id: v1 knows a pod by it. For images nobody waits. */
const firstTryMs = 5_000;

/** A backend whose pods are jobs of Slurm, and whose store is Slurm and a folder per pod. */
export class SlurmBackend implements Backend {
  readonly #options: SlurmBackendOptions;
  readonly #book: PodBook;
  readonly #spool: Spool;
  readonly #puller: ImagePuller;
  readonly #submitter: Submitter;
  readonly #watch: JobWatch;
  readonly #ender: Ender;
  readonly #links: PodLinks;
  readonly #ended: EndedPods;

  private constructor(options: SlurmBackendOptions) {
    this.#options = options;
    const { slurm, root, clock, logger } = options;
    const now = () => clock.now();
    const book = new PodBook(root, now, logger);
    const ended = new EndedPods(rootsIn(root).ended, options.retentionMs);
    const table = new JobTable(slurm, clock);
    const links = new PodLinks({
      ...{ slurm, book, clock, logger, spoolFolder: rootsIn(root).spool, isShared: options.isShared },
    });
    const submitter: Submitter = new Submitter({
      ...{ slurm, jobs: table, book, clock, logger },
      onDone: (entry) => {
        if (entry.deletion !== undefined) ender.step(entry);
        // While more are to come, squeue keeps its pace: what begins says so by itself.
        if (!submitter.hasMore) watch.soon();
      },
    });
    const puller = new ImagePuller({
      ...{ pull: options.pull, book, clock, logger },
      onDone: (entry) => {
        if (entry.deletion === undefined) submitter.add(entry.uid);
        else ender.step(entry);
      },
    });
    const ender: Ender = new Ender({
      ...{ book, cancels: new CancelBatches(slurm, clock), ended, clock, logger },
      drop: (uid) => {
        puller.drop(uid);
        submitter.drop(uid);
      },
      isBusy: (uid) => puller.isPulling(uid) || submitter.isSubmitting(uid),
      lookUp: async ({ uid, submission }) => await table.lookUp(uid, submission?.lost),
      hand: async (entry) => await links.update(entry),
      look: () => watch.soon(),
    });
    const watch: JobWatch = new JobWatch({
      ...{ table, slurm, book, clock, logger },
      ...{ pace: new PollPace(options.pollIntervalMs), orphans: new Orphans(root) },
      onJobs: (entry, jobs) => links.see(entry, jobs),
      lost: new LostJobs({
        ...{ slurm, book, clock, logger },
        onLost: ({ uid }) => submitter.add(uid),
      }),
      onSeen: (entry) => ender.step(entry),
    });
    this.#book = book;
    this.#spool = new Spool(rootsIn(root).spool);
    this.#puller = puller;
    this.#submitter = submitter;
    this.#ender = ender;
    this.#links = links;
    this.#ended = ended;
    this.#watch = watch;
  }

  /** Takes up all pods that there are. */
  static async open(options: SlurmBackendOptions): Promise<SlurmBackend> {
    const backend = new SlurmBackend(options);
    await backend.#spool.create();
    await sweepLeftovers(options.root);
    await loadPods(backend.#book, options.clock);
    return backend;
  }

  get requestsMade(): number {
    return this.#options.requestsMade();
  }

  async capabilities(): Promise<Capabilities> {
    return await this.#options.capabilities();
  }

  async list(): Promise<OwnedReport[]> {
    return this.#book.reports();
  }

  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    const { root, clock, planner } = this.#options;
    const { uid } = request.pod.metadata;
    const known = this.#book.get(uid);
    if (known !== undefined) return known.report(clock.now());
    this.#book.unread.assertRead(uid);
    const folder = new PodFolder(root, request.pod.metadata);
    const { order, script, files, pulls, warnings } = await planner.plan(request, owner, folder);
    const acceptedAt = new Date(clock.now()).toISOString();
    const stored = { owner, acceptedAt, order, pulls, isOrdered: pulls.length === 0 };
    const isNew = await writePod(root, {
      ...{ request, ...stored },
      files: [...files, { path: 'job.sh', content: script, mode: 0o700 }],
    });
    if (!isNew) {
      const there = await this.#book.readThere(request.pod.metadata);
      this.#takeUpLate(there);
      return there.report(clock.now());
    }
    const entry = new PodEntry(folder, { ...stored, pod: request.pod });
    this.#book.add(entry);
    // What comes of an sbatch is told soon enough.
    if (!stored.isOrdered) this.#book.tell(entry);
    for (const event of warnings) this.#book.event(uid, event);
    const tried = stored.isOrdered ? this.#submitter.tried(uid, firstTryMs) : undefined;
    this.#begin(entry);
    await tried;
    return entry.report(clock.now());
  }

  async delete({ uid }: PodReference, gracePeriodSeconds: number): Promise<void> {
    this.#book.unread.assertRead(uid);
    const entry = this.#book.get(uid);
    if (entry !== undefined) await this.#ender.order(entry, gracePeriodSeconds);
  }

  async updateVolumes(pod: PodReference, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    const entry = this.#entry(pod);
    await updateVolumes(entry, volumes);
    await this.#links.update(entry);
  }

  async logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const now = () => this.#options.clock.now();
    return await readLog({ book: this.#book, now }, { pod, container, options, signal });
  }

  async render(request: PodRequest, owner: Owner): Promise<Rendering> {
    const { root, planner } = this.#options;
    return renderPod(await planner.plan(request, owner, new PodFolder(root, request.pod.metadata)));
  }

  async rendering(pod: PodReference): Promise<Rendering> {
    return await renderStored(this.#entry(pod));
  }

  async exec(pod: PodReference, container: string, options: ExecOptions, signal: AbortSignal): Promise<RemoteCommand> {
    return await execInContainer(this.#streams, { pod, container, options, signal });
  }

  async attach(
    pod: PodReference,
    container: string,
    options: AttachOptions,
    signal: AbortSignal,
  ): Promise<RemoteCommand> {
    return await attachToContainer(this.#streams, { pod, container, options, signal });
  }

  async portForward(pod: PodReference, port: number, signal: AbortSignal): Promise<Duplex> {
    return await forwardPort(this.#streams, { pod, port, signal });
  }

  async stats(owner: Owner): Promise<NodeStats> {
    return await readStats(this.#book, owner, this.#options.clock.now());
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    const { logger, clock } = this.#options;
    this.#book.tellTo(news);
    for (const entry of this.#book.all()) this.#takeUp(entry);
    news.relist();
    try {
      await Promise.all([
        this.#puller.run(signal),
        this.#submitter.run(signal),
        this.#watch.run(signal),
        this.#links.run(signal),
        this.#sweep(signal),
        this.#book.unread.run(this.#options.clock, async () => await this.#readAgain(), signal),
        watchPods(
          { book: this.#book, spool: this.#spool, ender: this.#ender, watch: this.#watch, clock, logger },
          signal,
        ),
      ]);
    } finally {
      this.#book.tellTo(undefined);
    }
  }

  async #readAgain(): Promise<void> {
    for (const entry of await this.#book.readAgain()) {
      this.#options.logger.info(podFields(entry.reference), 'a pod’s folder can be read again');
      this.#takeUpLate(entry);
    }
  }

  /** As {@link SlurmBackend.#takeUp}, while others are watched already. */
  #takeUpLate(entry: PodEntry): void {
    this.#book.tell(entry);
    this.#takeUp(entry);
    this.#watch.soon();
  }

  /** Goes on with a pod that was there before. */
  #takeUp(entry: PodEntry): void {
    if (entry.deletion !== undefined) this.#ender.step(entry);
    else if (entry.jobId === undefined) this.#begin(entry);
  }

  /** Sees to it that the pod gets its job, and its images before, where it is to be so. */
  #begin(entry: PodEntry): void {
    if (entry.pulls.length > 0) this.#puller.add(entry);
    else this.#submitter.add(entry.uid);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      await this.#ended
        .sweep(clock.now())
        .catch((error: unknown) => logger.warn({ err: error }, 'cannot remove what is left of old pods'));
      await sleepBy(clock, sweepIntervalMs, signal);
    }
  }

  get #streams(): StreamContext {
    const { slurm, clock } = this.#options;
    return { slurm, book: this.#book, now: () => clock.now() };
  }

  #entry({ uid, owner, namespace, name }: PodReference): PodEntry {
    this.#book.unread.assertRead(uid);
    const entry = this.#book.get(uid);
    if (entry === undefined) {
      const { pod } = podFields({ uid, owner, namespace, name });
      throw new InterLinkError('not_found', `No pod ${pod} (${uid}) here`);
    }
    return entry;
  }
}
