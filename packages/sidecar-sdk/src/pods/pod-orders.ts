import {
  InterLinkError,
  type Owner,
  type PodReport,
  type PodRequest,
  type PodUpdate,
  type ResolvedVolume,
} from '@interlink/protocol';
import { type Logger, traced } from '@interlink/service-kit';
import type { Backend } from '../backend.ts';
import type { BackendReports } from './backend-reports.ts';
import { cannot } from './cannot.ts';
import { podAttributes } from './pod-attributes.ts';
import { podFields } from './pod-fields.ts';
import { type PodTarget, referenceTo } from './reference-to.ts';
import { RefusalLog } from './refusal-log.ts';
import { Serial } from './serial.ts';

/** What owners want done with their pods: one order at a time per pod, and one that was sent twice has one effect. */
export class PodOrders {
  readonly #backend: Backend;
  readonly #reports: BackendReports;
  readonly #logger: Logger;
  readonly #serial = new Serial();
  readonly #refusals: RefusalLog;

  constructor(backend: Backend, reports: BackendReports, logger: Logger) {
    this.#backend = backend;
    this.#reports = reports;
    this.#logger = logger;
    this.#refusals = new RefusalLog(logger);
  }

  /** Resolves once the backend has the pod. One that it has already is left alone. */
  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    this.#reports.assertListed();
    const { uid } = request.pod.metadata;
    return await this.#serial.run(uid, async () => {
      const known = this.#reports.find({ owner, uid });
      if (known !== undefined && known.incomplete !== true) return known;
      const first = await traced('backend create', { attributes: podAttributes(owner, request.pod.metadata) }, () =>
        this.#backend.create(request, owner),
      ).catch((error: unknown) => {
        this.#refusals.refused({ owner, ...request.pod.metadata }, error);
        throw error;
      });
      this.#refusals.taken(uid);
      // News from the backend may have overtaken its own answer.
      const newest = this.#reports.find({ owner, uid });
      const report = newest !== undefined && newest.incomplete !== true ? newest : first;
      this.#reports.put({ owner, report });
      this.#logger.info(podFields({ ...report, owner }), 'pod created');
      return report;
    });
  }

  /** Takes over a pod that runs already. @throws InterLinkError `not_found` when the backend has no such pod */
  async adopt(request: PodRequest, owner: Owner): Promise<PodReport> {
    this.#reports.assertListed();
    const { uid } = request.pod.metadata;
    return await this.#serial.run(uid, async () => {
      const report = this.#reports.find({ owner, uid }) ?? (await this.#adoptNow(request, owner));
      if (report === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
      this.#reports.put({ owner, report: this.#reports.find({ owner, uid }) ?? report });
      return report;
    });
  }

  /**
   * Resolves once the backend acts on this generation of the pod, or on a newer one.
   * @throws InterLinkError `not_found` when there is no such pod, `unimplemented` when the backend can't change pods
   */
  async update(update: PodUpdate, owner: Owner): Promise<PodReport> {
    this.#reports.assertListed();
    const { uid, generation } = update.pod.metadata;
    return await this.#serial.run(uid, async () => {
      const known = this.#reports.get({ owner, uid });
      if (this.#backend.update === undefined) throw await cannot(this.#backend, 'change a pod that it has');
      if (!isNews(update, known)) return known;
      const told = await this.#backend.update(update, owner);
      // News from the backend may have overtaken its own answer.
      const newest = this.#reports.find({ owner, uid });
      const report = (newest?.status.observedGeneration ?? 0) >= generation && newest !== undefined ? newest : told;
      this.#reports.put({ owner, report });
      this.#logger.info({ ...podFields(referenceTo({ owner, uid }, report)), generation }, 'pod updated');
      return report;
    });
  }

  /** Resolves once the backend has accepted it. A pod that is not there is a success. */
  async delete(owner: Owner, uid: string, gracePeriodSeconds: number): Promise<void> {
    this.#reports.assertListed();
    await this.#serial.run(uid, async () => {
      const known = this.#reports.find({ owner, uid });
      if (known === undefined) return await this.#backend.deleteUnreported?.({ owner, uid });
      const reference = referenceTo({ owner, uid }, known);
      await traced('backend delete', { attributes: podAttributes(owner, reference) }, () =>
        this.#backend.delete(reference, gracePeriodSeconds),
      );
      this.#logger.info({ ...podFields(reference), gracePeriodSeconds }, 'pod deletion accepted');
    });
  }

  /** @throws InterLinkError `not_found`, `invalid_argument` for a volume that the pod lacks, `unimplemented` */
  async updateVolumes(pod: PodTarget, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    await this.#serial.run(pod.uid, async () => {
      const reference = referenceTo(pod, this.#reports.get(pod));
      if (this.#backend.updateVolumes === undefined) throw await cannot(this.#backend, 'update the volumes of a pod');
      await this.#backend.updateVolumes(reference, volumes);
      const names = volumes.map(({ name }) => name);
      this.#logger.info({ ...podFields(reference), volumes: names }, 'volumes updated');
    });
  }

  async #adoptNow(request: PodRequest, owner: Owner): Promise<PodReport | undefined> {
    const attributes = podAttributes(owner, request.pod.metadata);
    return await traced('backend adopt', { attributes }, async () => await this.#backend.adopt?.(request, owner));
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
