import {
  type Capabilities,
  InterLinkError,
  type LogOptions,
  type Owner,
  type PodReport,
  type PodRequest,
  type PodUpdate,
  type Rendering,
  type ReportLog,
  type ResolvedVolume,
} from '@interlink/protocol';
import { keepDoing, type Logger, sleep, traced, withSpan } from '@interlink/service-kit';
import type { Backend, PodReference } from '../backend.ts';
import { OwnerKubeconfigs } from '../kubeconfig/owner-kubeconfigs.ts';
import { limitBytes } from '../log/limit-bytes.ts';
import { cannot } from './cannot.ts';
import { CapabilityNews } from './capability-news.ts';
import { containerStatusesOf } from './container-statuses-of.ts';
import { podAttributes } from './pod-attributes.ts';
import { podFields } from './pod-fields.ts';
import { PodRegistry } from './pod-registry.ts';
import { PodStats } from './pod-stats.ts';
import { PodStreams, type PodTarget } from './pod-streams.ts';
import { RefusalLog } from './refusal-log.ts';
import { Serial } from './serial.ts';

/** A backend without `watch` is listed this often. */
const pollIntervalMs = 2_000;
/** With `watch`, a list only proves that nothing was missed. */
const resyncIntervalMs = 60_000;

export interface PodServiceOptions {
  /** Where the kubeconfigs of owners are kept. Default: none is taken. */
  readonly kubeconfigFolder?: string | undefined;
}

/** Both protocol generations stand on this: a backend behind a cache of its reports, creates made idempotent and serial per pod. */
export class PodService {
  /** Exec, attach and port-forward. */
  readonly streams: PodStreams;
  /** What pods use. */
  readonly stats: PodStats;
  /** What owners let the backend act by. */
  readonly kubeconfigs: OwnerKubeconfigs;
  readonly #backend: Backend;
  readonly #logger: Logger;
  readonly #serial = new Serial();
  readonly #refusals: RefusalLog;
  readonly #registry: PodRegistry;
  readonly #capabilityNews: CapabilityNews;
  #relistNow = new AbortController();
  #trouble: string | undefined = 'the backend has not been listed yet';
  #troubled = new AbortController();
  readonly #listed = Promise.withResolvers<void>();
  #listedAt: number | undefined;

  constructor(backend: Backend, logger: Logger, options: PodServiceOptions = {}) {
    this.#backend = backend;
    this.#logger = logger;
    this.#registry = new PodRegistry(() => this.#relistNow.abort());
    this.#capabilityNews = new CapabilityNews({ backend, logs: () => this.#registry.logs(), logger });
    this.#refusals = new RefusalLog(logger);
    this.streams = new PodStreams(backend, (pod) => this.#known(pod));
    this.kubeconfigs = new OwnerKubeconfigs({ backend, logger, folder: options.kubeconfigFolder });
    this.stats = new PodStats(backend, (owner) => this.logOf(owner).reports());
  }

  /** Undefined when the reports can be trusted, else why not. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Aborts when the backend can't be listed any more: whoever follows the reports has to hear that they may be old. */
  get troubled(): AbortSignal {
    return this.#troubled.signal;
  }

  /** How long ago the backend was last listed; undefined before the first time. */
  get listAgeSeconds(): number | undefined {
    return this.#listedAt === undefined ? undefined : (performance.now() - this.#listedAt) / 1_000;
  }

  /** Resolves after the first complete list. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  /** Keeps the reports true until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    // A request that happens to start it does not own it.
    await withSpan(undefined, () =>
      Promise.all([
        this.kubeconfigs.run(signal),
        this.#keepListing(signal),
        this.#keepWatching(signal),
        this.#capabilityNews.run(signal),
      ]),
    );
  }

  async capabilities(): Promise<Capabilities> {
    const { verbs, ...rest } = await this.#backend.capabilities();
    // The stream is this service's own, whatever the backend has.
    return { ...rest, verbs: [...new Set([...verbs, 'watch' as const])] };
  }

  /** The owner's reports. @throws InterLinkError `unavailable` before the first list, or while the backend can't be listed */
  logOf(owner: Owner): ReportLog {
    this.#assertListed();
    return this.#registry.logOf(owner);
  }

  /** Resolves once the backend has the pod. One that it has already is left alone. */
  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    this.#assertListed();
    const { uid } = request.pod.metadata;
    return await this.#serial.run(uid, async () => {
      const known = this.#registry.find(owner, uid);
      if (known !== undefined && known.incomplete !== true) return known;
      const first = await traced('backend create', { attributes: podAttributes(owner, request.pod.metadata) }, () =>
        this.#backend.create(request, owner),
      ).catch((error: unknown) => {
        this.#refusals.refused({ owner, ...request.pod.metadata }, error);
        throw error;
      });
      this.#refusals.taken(uid);
      // News from the backend may have overtaken its own answer.
      const newest = this.#registry.find(owner, uid);
      const report = newest !== undefined && newest.incomplete !== true ? newest : first;
      this.#registry.report({ owner, report });
      this.#logger.info(podFields({ ...report, owner }), 'pod created');
      return report;
    });
  }

  /** See {@link Backend.requestsMade}. */
  get requestsMade(): number | undefined {
    return this.#backend.requestsMade;
  }

  /** What a create would have the backend do. @throws InterLinkError `unimplemented` when the backend can't tell */
  async render(request: PodRequest, owner: Owner): Promise<Rendering> {
    if (this.#backend.render === undefined) throw await cannot(this.#backend, 'show what a pod would be');
    return await this.#backend.render(request, owner);
  }

  /** What the backend was given for a pod. @throws InterLinkError `not_found`; `unimplemented` when the backend can't tell */
  async rendering(pod: PodTarget): Promise<Rendering> {
    const { owner, uid } = pod;
    const { namespace, name } = this.#known(pod);
    if (this.#backend.rendering === undefined) throw await cannot(this.#backend, 'show what it was given for a pod');
    return await this.#backend.rendering({ owner, uid, namespace, name });
  }

  /** Takes over a pod that runs already. @throws InterLinkError `not_found` when the backend has no such pod */
  async adopt(request: PodRequest, owner: Owner): Promise<PodReport> {
    this.#assertListed();
    const { uid } = request.pod.metadata;
    return await this.#serial.run(uid, async () => {
      const report = this.#registry.find(owner, uid) ?? (await this.#adoptNow(request, owner));
      if (report === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
      this.#registry.report({ owner, report: this.#registry.find(owner, uid) ?? report });
      return report;
    });
  }

  /**
   * Resolves once the backend acts on this generation of the pod, or on a newer one.
   * @throws InterLinkError `not_found` when there is no such pod, `unimplemented` when the backend can't change pods
   */
  async update(update: PodUpdate, owner: Owner): Promise<PodReport> {
    this.#assertListed();
    const { uid, generation } = update.pod.metadata;
    return await this.#serial.run(uid, async () => {
      const known = this.#known({ owner, uid });
      if (this.#backend.update === undefined) {
        const { backend } = await this.#backend.capabilities();
        throw new InterLinkError('unimplemented', `The backend "${backend.kind}" can't change a pod that it has`);
      }
      if (!isNews(update, known)) return known;
      const told = await this.#backend.update(update, owner);
      // News from the backend may have overtaken its own answer.
      const newest = this.#registry.find(owner, uid);
      const report = (newest?.status.observedGeneration ?? 0) >= generation && newest !== undefined ? newest : told;
      this.#registry.report({ owner, report });
      this.#logger.info(
        { pod: `${report.namespace}/${report.name}`, podUid: uid, node: owner.node, generation },
        'pod updated',
      );
      return report;
    });
  }

  /** Resolves once the backend has accepted it. A pod that is not there is a success. */
  async delete(owner: Owner, uid: string, gracePeriodSeconds: number): Promise<void> {
    this.#assertListed();
    await this.#serial.run(uid, async () => {
      const known = this.#registry.find(owner, uid);
      if (known === undefined) return;
      const reference = { owner, uid, namespace: known.namespace, name: known.name };
      await traced('backend delete', { attributes: podAttributes(owner, reference) }, () =>
        this.#backend.delete(reference, gracePeriodSeconds),
      );
      this.#logger.info({ ...podFields(reference), gracePeriodSeconds }, 'pod deletion accepted');
    });
  }

  /** @throws InterLinkError `not_found`, `invalid_argument` for a volume that the pod lacks, `unimplemented` */
  async updateVolumes(pod: PodTarget, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    const { owner, uid } = pod;
    await this.#serial.run(uid, async () => {
      const { namespace, name } = this.#known(pod);
      if (this.#backend.updateVolumes === undefined) throw await cannot(this.#backend, 'update the volumes of a pod');
      await this.#backend.updateVolumes({ owner, uid, namespace, name }, volumes);
      this.#logger.info(
        { pod: `${namespace}/${name}`, podUid: uid, node: owner.node, volumes: volumes.map((volume) => volume.name) },
        'volumes updated',
      );
    });
  }

  /** @throws InterLinkError `not_found` for a pod or a container that is not there */
  async logs(
    pod: PodTarget,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const known = this.#known(pod);
    if (!containerStatusesOf(known).some((status) => status.name === container)) {
      throw new InterLinkError('not_found', `No container ${container} in pod ${known.namespace}/${known.name}`);
    }
    const { limitBytes: limit, ...rest } = options;
    const reference = { owner: pod.owner, uid: pod.uid, namespace: known.namespace, name: known.name };
    return limitBytes(await this.#backend.logs(reference, container, rest, signal), limit);
  }

  /** For v1, which names no owner. */
  findByUid(uid: string): { reference: PodReference; report: PodReport } | undefined {
    this.#assertListed();
    return this.#registry.findByUid(uid);
  }

  async #adoptNow(request: PodRequest, owner: Owner): Promise<PodReport | undefined> {
    const attributes = podAttributes(owner, request.pod.metadata);
    return await traced('backend adopt', { attributes }, async () => await this.#backend.adopt?.(request, owner));
  }

  /** @throws InterLinkError `not_found`, also for another owner's pod */
  #known({ owner, uid }: PodTarget): PodReport {
    this.#assertListed();
    const known = this.#registry.find(owner, uid);
    if (known === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
    return known;
  }

  #assertListed(): void {
    if (this.#trouble !== undefined)
      throw new InterLinkError('unavailable', `The backend does not answer: ${this.#trouble}`);
  }

  async #keepListing(signal: AbortSignal): Promise<void> {
    let retryMs = 100;
    const intervalMs = this.#backend.watch === undefined ? pollIntervalMs : resyncIntervalMs;
    while (!signal.aborted) {
      this.#relistNow = new AbortController();
      let waitMs = intervalMs;
      try {
        await this.#registry.replaceAll(() => this.#backend.list());
        if (this.#trouble !== undefined) {
          this.#logger.info('backend listed');
          this.#troubled = new AbortController();
        }
        this.#trouble = undefined;
        this.#listedAt = performance.now();
        this.#listed.resolve();
        retryMs = 100;
      } catch (error) {
        const { message } = InterLinkError.from(error);
        if (this.#trouble !== message) this.#logger.warn({ err: error }, 'cannot list the backend');
        this.#trouble = message;
        this.#troubled.abort();
        waitMs = retryMs;
        retryMs = Math.min(retryMs * 2, 5_000);
      }
      await sleep(waitMs, AbortSignal.any([signal, this.#relistNow.signal]));
    }
  }

  async #keepWatching(signal: AbortSignal): Promise<void> {
    const { watch } = this.#backend;
    if (watch === undefined) return;
    await keepDoing(
      async () => {
        await watch.call(this.#backend, this.#registry, signal);
        this.#relistNow.abort();
      },
      (error) => {
        this.#logger.warn({ err: error }, 'the backend’s events broke off');
        this.#relistNow.abort();
      },
      { baseMs: 100, maxMs: 5_000, settledMs: 10_000, signal },
    );
  }
}

/**
 * The same generation may come again with an ephemeral container that could not be resolved before, or with what images are pulled by,
 * which no report tells of; else it has nothing new.
 */
function isNews({ pod, registryCredentials }: PodUpdate, { status }: PodReport): boolean {
  const observed = status.observedGeneration ?? 0;
  const known = new Set(status.ephemeralContainerStatuses?.map(({ name }) => name));
  const hasMore =
    registryCredentials !== undefined || (pod.spec.ephemeralContainers ?? []).some(({ name }) => !known.has(name));
  return pod.metadata.generation > observed || (pod.metadata.generation === observed && hasMore);
}
