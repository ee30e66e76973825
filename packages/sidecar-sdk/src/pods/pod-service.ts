import {
  type Capabilities,
  containerStatusesOf,
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
import { type Logger, withSpan } from '@interlink/service-kit';
import type { Backend, PodReference } from '../backend.ts';
import { OwnerKubeconfigs } from '../kubeconfig/owner-kubeconfigs.ts';
import { limitBytes } from '../log/limit-bytes.ts';
import { BackendReports } from './backend-reports.ts';
import { cannot } from './cannot.ts';
import { CapabilityNews } from './capability-news.ts';
import { PodOrders } from './pod-orders.ts';
import { PodStats } from './pod-stats.ts';
import { PodStreams } from './pod-streams.ts';
import { type PodTarget, referenceTo } from './reference-to.ts';

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
  readonly #reports: BackendReports;
  readonly #orders: PodOrders;
  readonly #capabilityNews: CapabilityNews;

  constructor(backend: Backend, logger: Logger, options: PodServiceOptions = {}) {
    const reports = new BackendReports(backend, logger);
    this.#backend = backend;
    this.#reports = reports;
    this.#orders = new PodOrders(backend, reports, logger);
    this.#capabilityNews = new CapabilityNews({ backend: this, logs: () => reports.logs(), logger });
    this.streams = new PodStreams(backend, (pod) => reports.get(pod));
    this.kubeconfigs = new OwnerKubeconfigs({ backend, logger, folder: options.kubeconfigFolder });
    this.stats = new PodStats(backend, (owner) => reports.logOf(owner).reports());
  }

  /** Undefined when the reports can be trusted, else why not. */
  get trouble(): string | undefined {
    return this.#reports.trouble;
  }

  /** Aborts when the backend can't be listed any more: whoever follows the reports has to hear that they may be old. */
  get troubled(): AbortSignal {
    return this.#reports.troubled;
  }

  /** How long ago the backend was last listed; undefined before the first time. */
  get listAgeSeconds(): number | undefined {
    return this.#reports.listAgeSeconds;
  }

  /** Resolves after the first complete list. */
  get listed(): Promise<void> {
    return this.#reports.listed;
  }

  /** See {@link Backend.requestsMade}. */
  get requestsMade(): number | undefined {
    return this.#backend.requestsMade;
  }

  /** Keeps the reports true until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    // A request that happens to start it does not own it.
    await withSpan(undefined, () =>
      Promise.all([this.kubeconfigs.run(signal), this.#reports.run(signal), this.#capabilityNews.run(signal)]),
    );
  }

  async capabilities(): Promise<Capabilities> {
    const { verbs, ...rest } = await this.#backend.capabilities();
    // The stream is this service's own, whatever the backend has.
    return { ...rest, verbs: [...new Set([...verbs, 'watch' as const])] };
  }

  /** The owner's reports. @throws InterLinkError `unavailable` before the first list, or while the backend can't be listed */
  logOf(owner: Owner): ReportLog {
    return this.#reports.logOf(owner);
  }

  /** For v1, which names no owner. */
  findByUid(uid: string): { reference: PodReference; report: PodReport } | undefined {
    return this.#reports.findByUid(uid);
  }

  /** Resolves once the backend has the pod. One that it has already is left alone. */
  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    return await this.#orders.create(request, owner);
  }

  /** Takes over a pod that runs already. @throws InterLinkError `not_found` when the backend has no such pod */
  async adopt(request: PodRequest, owner: Owner): Promise<PodReport> {
    return await this.#orders.adopt(request, owner);
  }

  /**
   * Resolves once the backend acts on this generation of the pod, or on a newer one.
   * @throws InterLinkError `not_found` when there is no such pod, `unimplemented` when the backend can't change pods
   */
  async update(update: PodUpdate, owner: Owner): Promise<PodReport> {
    return await this.#orders.update(update, owner);
  }

  /** Resolves once the backend has accepted it. A pod that is not there is a success. */
  async delete(owner: Owner, uid: string, gracePeriodSeconds: number): Promise<void> {
    await this.#orders.delete(owner, uid, gracePeriodSeconds);
  }

  /** @throws InterLinkError `not_found`, `invalid_argument` for a volume that the pod lacks, `unimplemented` */
  async updateVolumes(pod: PodTarget, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    await this.#orders.updateVolumes(pod, volumes);
  }

  /** What a create would have the backend do. @throws InterLinkError `unimplemented` when the backend can't tell */
  async render(request: PodRequest, owner: Owner): Promise<Rendering> {
    if (this.#backend.render === undefined) throw await cannot(this.#backend, 'show what a pod would be');
    return await this.#backend.render(request, owner);
  }

  /** What the backend was given for a pod. @throws InterLinkError `not_found`; `unimplemented` when the backend can't tell */
  async rendering(pod: PodTarget): Promise<Rendering> {
    const reference = referenceTo(pod, this.#reports.get(pod));
    if (this.#backend.rendering === undefined) throw await cannot(this.#backend, 'show what it was given for a pod');
    return await this.#backend.rendering(reference);
  }

  /** @throws InterLinkError `not_found` for a pod or a container that is not there */
  async logs(
    pod: PodTarget,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const known = this.#reports.get(pod);
    if (!containerStatusesOf(known).some((status) => status.name === container)) {
      throw new InterLinkError('not_found', `No container ${container} in pod ${known.namespace}/${known.name}`);
    }
    const { limitBytes: limit, ...rest } = options;
    return limitBytes(await this.#backend.logs(referenceTo(pod, known), container, rest, signal), limit);
  }
}
