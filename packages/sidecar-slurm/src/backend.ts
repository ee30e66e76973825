import type { Duplex } from 'node:stream';
import {
  type AttachOptions,
  type Backend,
  type Capabilities,
  type ExecOptions,
  InterLinkError,
  type LogOptions,
  type News,
  type NodeStats,
  type OwnedReport,
  type Owner,
  ownerKey,
  type PodReference,
  type PodReport,
  type PodRequest,
  podFields,
  type RemoteCommand,
  type Rendering,
  type ResolvedVolume,
} from '@interlink/sidecar-sdk';
import { attachToContainer } from './attach.ts';
import { assembleParts, type BackendParts, type SlurmBackendOptions } from './backend-parts.ts';
import { sweepLeftovers, writePod } from './create.ts';
import { execInContainer, type StreamContext } from './exec.ts';
import { PodFolder } from './folder/pod-folder.ts';
import { sleepBy } from './jobs/sleep-by.ts';
import { readLog } from './logs.ts';
import { loadPods } from './pods/load-pods.ts';
import { PodEntry } from './pods/pod-entry.ts';
import { forwardPort } from './port-forward.ts';
import { renderPod, renderStored } from './render.ts';
import { readStats } from './stats.ts';
import { updateVolumes } from './update-volumes.ts';
import { watchPods } from './watch.ts';

/** How often what was kept long enough is removed. */
const sweepIntervalMs = 600_000;

/** A create's answer waits so long for sbatch's, which has the job's id: v1 knows a pod by it. For images nobody waits. */
const firstTryMs = 5_000;

/** A backend whose pods are jobs of Slurm, and whose store is Slurm and a folder per pod. */
export class SlurmBackend implements Backend {
  readonly #options: SlurmBackendOptions;
  readonly #parts: BackendParts;

  private constructor(options: SlurmBackendOptions) {
    this.#options = options;
    this.#parts = assembleParts(options);
  }

  /** Takes up all pods that there are. */
  static async open(options: SlurmBackendOptions): Promise<SlurmBackend> {
    const backend = new SlurmBackend(options);
    await backend.#parts.spool.create();
    await sweepLeftovers(options.root);
    await loadPods(backend.#parts.book, options.clock);
    return backend;
  }

  get requestsMade(): number {
    return this.#options.requestsMade();
  }

  async capabilities(): Promise<Capabilities> {
    return await this.#options.capabilities();
  }

  async list(): Promise<OwnedReport[]> {
    return this.#parts.book.reports();
  }

  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    const { root, clock, planner } = this.#options;
    const { uid } = request.pod.metadata;
    const known = this.#parts.book.get(uid);
    if (known !== undefined) return known.report(clock.now());
    this.#parts.book.unread.assertRead(uid);
    const folder = new PodFolder(root, request.pod.metadata);
    const { order, script, files, pulls, warnings } = await planner.plan(request, owner, folder);
    const acceptedAt = new Date(clock.now()).toISOString();
    const stored = { owner, acceptedAt, order, pulls, isOrdered: pulls.length === 0 };
    const isNew = await writePod(root, {
      ...{ request, ...stored },
      files: [...files, { path: 'job.sh', content: script, mode: 0o700 }],
    });
    if (!isNew) {
      const there = await this.#parts.book.readThere(request.pod.metadata);
      this.#takeUpLate(there);
      return there.report(clock.now());
    }
    const entry = new PodEntry(folder, { ...stored, pod: request.pod });
    this.#parts.book.add(entry);
    // What comes of an sbatch is told soon enough.
    if (!stored.isOrdered) this.#parts.book.tell(entry);
    for (const event of warnings) this.#parts.book.event(uid, event);
    const tried = stored.isOrdered ? this.#parts.submitter.tried(uid, firstTryMs) : undefined;
    this.#begin(entry);
    await tried;
    return entry.report(clock.now());
  }

  async delete({ uid }: PodReference, gracePeriodSeconds: number): Promise<void> {
    this.#parts.book.unread.assertRead(uid);
    const entry = this.#parts.book.get(uid);
    if (entry !== undefined) await this.#parts.ender.order(entry, gracePeriodSeconds);
  }

  /** A pod whose folder can't be read may be in no list, since nobody can tell whose it is: it is there all the same. */
  async adopt({ pod: { metadata } }: PodRequest, owner: Owner): Promise<PodReport | undefined> {
    const { book } = this.#parts;
    book.unread.assertRead(metadata.uid);
    // It may have been read just now, and not be told yet.
    const entry = book.get(metadata.uid);
    return entry !== undefined && isOf(entry, owner) ? entry.report(this.#options.clock.now()) : undefined;
  }

  /** See {@link SlurmBackend.adopt}. */
  async deleteUnreported({ owner, uid }: Pick<PodReference, 'owner' | 'uid'>): Promise<void> {
    const { book } = this.#parts;
    book.unread.assertRead(uid);
    const entry = book.get(uid);
    if (entry !== undefined && isOf(entry, owner)) {
      throw new InterLinkError('unavailable', `Pod ${podFields(entry.reference).pod} is being taken up: try again`);
    }
  }

  async updateVolumes(pod: PodReference, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    const entry = this.#entry(pod);
    await updateVolumes(entry, volumes);
    await this.#parts.links.update(entry);
  }

  async logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const now = () => this.#options.clock.now();
    return await readLog({ book: this.#parts.book, now }, { pod, container, options, signal });
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
    return await readStats(this.#parts.book, owner, this.#options.clock.now());
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    const { logger, clock } = this.#options;
    this.#parts.book.tellTo(news);
    for (const entry of this.#parts.book.all()) this.#takeUp(entry);
    news.relist();
    try {
      await Promise.all([
        this.#parts.puller.run(signal),
        this.#parts.submitter.run(signal),
        this.#parts.watch.run(signal),
        this.#parts.links.run(signal),
        this.#sweep(signal),
        this.#parts.book.unread.run(this.#options.clock, async () => await this.#readAgain(), signal),
        watchPods(
          {
            book: this.#parts.book,
            spool: this.#parts.spool,
            ender: this.#parts.ender,
            watch: this.#parts.watch,
            clock,
            logger,
          },
          signal,
        ),
      ]);
    } finally {
      this.#parts.book.tellTo(undefined);
    }
  }

  async #readAgain(): Promise<void> {
    for (const entry of await this.#parts.book.readAgain()) {
      this.#options.logger.info(podFields(entry.reference), 'a pod’s folder can be read again');
      this.#takeUpLate(entry);
    }
  }

  /** As {@link SlurmBackend.#takeUp}, while others are watched already. */
  #takeUpLate(entry: PodEntry): void {
    this.#parts.book.tell(entry);
    this.#takeUp(entry);
    this.#parts.watch.soon();
  }

  /** Goes on with a pod that was there before. */
  #takeUp(entry: PodEntry): void {
    if (entry.deletion !== undefined) this.#parts.ender.step(entry);
    else if (entry.jobId === undefined) this.#begin(entry);
  }

  /** Sees to it that the pod gets its job, and its images before, where it is to be so. */
  #begin(entry: PodEntry): void {
    if (entry.pulls.length > 0) this.#parts.puller.add(entry);
    else this.#parts.submitter.add(entry.uid);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      await this.#parts.ended
        .sweep(clock.now())
        .catch((error: unknown) => logger.warn({ err: error }, 'cannot remove what is left of old pods'));
      await sleepBy(clock, sweepIntervalMs, signal);
    }
  }

  get #streams(): StreamContext {
    const { slurm, clock } = this.#options;
    return { slurm, book: this.#parts.book, now: () => clock.now() };
  }

  #entry({ uid, owner, namespace, name }: PodReference): PodEntry {
    this.#parts.book.unread.assertRead(uid);
    const entry = this.#parts.book.get(uid);
    if (entry === undefined) {
      const { pod } = podFields({ uid, owner, namespace, name });
      throw new InterLinkError('not_found', `No pod ${pod} (${uid}) here`);
    }
    return entry;
  }
}

function isOf({ stored }: PodEntry, owner: Owner): boolean {
  return ownerKey(stored.owner) === ownerKey(owner);
}
