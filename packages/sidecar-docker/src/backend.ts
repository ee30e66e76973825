import type { Duplex } from 'node:stream';
import type {
  AttachOptions,
  Backend,
  Capabilities,
  ExecOptions,
  Logger,
  LogOptions,
  News,
  NodeStats,
  OwnedReport,
  Owner,
  PodReference,
  PodReport,
  PodRequest,
  PodUpdate,
  RemoteCommand,
  ResolvedVolume,
} from '@interlink/sidecar-sdk';
import { attachToContainer } from './attach.ts';
import { readCapabilities } from './capabilities.ts';
import type { SitePolicy } from './container/refusal.ts';
import { createPod } from './create.ts';
import { deletePod } from './delete.ts';
import type { Engine } from './engine/engine.ts';
import { execInContainer } from './exec.ts';
import type { CollectionThresholds } from './image/collection-plan.ts';
import { ImageCollector } from './image/image-collector.ts';
import { ImageSource } from './image/image-source.ts';
import { PullRecords } from './image/pull-records.ts';
import { listPods } from './list.ts';
import { openLogs } from './logs.ts';
import type { PodDeletion } from './pods/pod-deletion.ts';
import { PodObserver } from './pods/pod-observer.ts';
import { PodWorks } from './pods/pod-works.ts';
import { forwardPort } from './port-forward.ts';
import { ContainerMeter } from './stats/container-meter.ts';
import { EngineMachine } from './stats/engine-machine.ts';
import { measurePods } from './stats.ts';
import { PodReader } from './status/pod-reader.ts';
import { updatePod } from './update.ts';
import { updateVolumes } from './update-volumes.ts';
import { watchPods } from './watch.ts';

export interface DockerBackendOptions {
  readonly engine: Engine;
  /** DataRootFolder: exists, absolute, the same path for the engine. */
  readonly root: string;
  readonly policy: SitePolicy;
  /** Undefined: no image is ever removed. */
  readonly imageCollection: CollectionThresholds | undefined;
  readonly logger: Logger;
}

/** Pods as containers of a Docker Engine. What is in memory here is work under way; the engine is the only store. */
export class DockerBackend implements Backend {
  readonly #engine: Engine;
  readonly #root: string;
  readonly #policy: SitePolicy;
  readonly #logger: Logger;
  readonly #reader: PodReader;
  readonly #images: ImageSource;
  readonly #collector: ImageCollector | undefined;
  readonly #meter: ContainerMeter;
  readonly #machine: EngineMachine;
  readonly #works = new PodWorks();
  readonly #deletions = new Map<string, PodDeletion>();
  readonly #observer: PodObserver;

  constructor({ engine, root, policy, imageCollection, logger }: DockerBackendOptions) {
    this.#engine = engine;
    this.#root = root;
    this.#policy = policy;
    this.#logger = logger;
    this.#reader = new PodReader(engine);
    const records = new PullRecords(root);
    this.#images = new ImageSource(engine, records);
    if (imageCollection !== undefined) {
      const { images } = engine;
      this.#collector = new ImageCollector({ images, records, thresholds: imageCollection, logger });
    }
    this.#meter = new ContainerMeter(engine, logger);
    this.#machine = new EngineMachine(engine);
    this.#observer = new PodObserver({ engine, reader: this.#reader, works: this.#works, logger });
  }

  async capabilities(): Promise<Capabilities> {
    return await readCapabilities(this.#engine, this.#root);
  }

  async list(): Promise<OwnedReport[]> {
    return await listPods(this.#parts());
  }

  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    const { uid } = request.pod.metadata;
    return await this.#images.credentials.takeFor(uid, request.registryCredentials, async () => {
      return await createPod(request, owner, this.#parts());
    });
  }

  async update(update: PodUpdate, owner: Owner): Promise<PodReport> {
    const { uid } = update.pod.metadata;
    return await this.#images.credentials.takeFor(uid, update.registryCredentials, async (isChange) => {
      const report = await updatePod(update, owner, this.#parts());
      // A pull that failed may succeed now.
      if (isChange) this.#works.get(uid).hurry();
      return report;
    });
  }

  async delete(pod: PodReference, gracePeriodSeconds: number): Promise<void> {
    this.#images.credentials.forget(pod.uid);
    await deletePod(pod, gracePeriodSeconds, this.#parts());
  }

  async updateVolumes(pod: PodReference, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    await updateVolumes(pod, volumes, this.#parts());
  }

  async logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    return await openLogs({ pod, container, options }, this.#parts(), signal);
  }

  async exec(pod: PodReference, container: string, options: ExecOptions, signal: AbortSignal): Promise<RemoteCommand> {
    return await execInContainer({ pod, container, options, signal }, this.#parts());
  }

  async attach(pod: PodReference, container: string, options: AttachOptions): Promise<RemoteCommand> {
    return await attachToContainer({ pod, container, options }, this.#parts());
  }

  async portForward(pod: PodReference, port: number, signal: AbortSignal): Promise<Duplex> {
    return await forwardPort({ pod, port, signal }, this.#parts());
  }

  async stats(owner: Owner): Promise<NodeStats> {
    return await measurePods(owner, this.#parts());
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    void this.#collector?.run(AbortSignal.any([signal, over.signal]));
    await watchPods(news, signal, this.#parts()).finally(() => over.abort());
  }

  /** What the verbs work with; each takes what it needs. */
  #parts() {
    return {
      engine: this.#engine,
      root: this.#root,
      policy: this.#policy,
      logger: this.#logger,
      reader: this.#reader,
      images: this.#images,
      meter: this.#meter,
      machine: this.#machine,
      works: this.#works,
      deletions: this.#deletions,
      observer: this.#observer,
    };
  }
}
