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
  Rendering,
  ResolvedVolume,
} from '@interlink/sidecar-sdk';
import { PodLifecycle } from '@interlink/sidecar-sdk';
import { attachToContainer } from './attach.ts';
import { readCapabilities } from './capabilities.ts';
import { createPod } from './create.ts';
import { deletePod } from './delete.ts';
import { DeviceSite } from './devices/device-site.ts';
import type { Engine } from './engine/engine.ts';
import { FeatureReader } from './engine/engine-features.ts';
import { EngineNote } from './engine/engine-note.ts';
import { execInContainer } from './exec.ts';
import { uidLabel } from './identity/labels.ts';
import type { CollectionThresholds } from './image/collection-plan.ts';
import { ImageCollector } from './image/image-collector.ts';
import { ImageSource } from './image/image-source.ts';
import { PullRecords } from './image/pull-records.ts';
import { openLogs } from './logs.ts';
import { PodWorks } from './pods/pod-works.ts';
import { forwardPort } from './port-forward.ts';
import { renderPod } from './render.ts';
import { DockerRuntime } from './runtime/docker-runtime.ts';
import { sweepLeftovers } from './runtime/remove-pod.ts';
import type { SitePolicy } from './site/site-policy.ts';
import { ContainerMeter } from './stats/container-meter.ts';
import { EngineMachine } from './stats/engine-machine.ts';
import { measurePods } from './stats.ts';
import { PodReader } from './status/pod-reader.ts';
import { updatePod } from './update.ts';
import { updateVolumes } from './update-volumes.ts';
import type { Eviction } from './volumes/eviction-note.ts';
import { SizeKeeper } from './volumes/size-keeper.ts';
import { VolumeSite } from './volumes/volume-site.ts';
import { watchPods } from './watch.ts';

export interface DockerBackendOptions {
  readonly engine: Engine;
  /** Where it listens, as `DOCKER_HOST` has it. */
  readonly address: string;
  /** DataRootFolder: exists, absolute, the same path for the engine. */
  readonly root: string;
  readonly policy: Omit<SitePolicy, 'engine'>;
  /** Undefined: no image is ever removed. */
  readonly imageCollection: CollectionThresholds | undefined;
  readonly logger: Logger;
  /** Pods that an earlier process has ended, by UID. */
  readonly evictions: ReadonlyMap<string, Eviction>;
  /** UIDs of pods whose deletion an earlier process has noted beside the engine. */
  readonly deletions: ReadonlyArray<string>;
  /** In seconds, of pods whose deadline was changed under an earlier process, by UID. */
  readonly deadlines: ReadonlyMap<string, number>;
}

/** Pods as containers of a Docker Engine. What is in memory here is work under way; the engine is the only store. */
export class DockerBackend implements Backend {
  readonly #engine: Engine;
  readonly #note: EngineNote;
  readonly #root: string;
  readonly #policy: Omit<SitePolicy, 'engine'>;
  readonly #features: FeatureReader;
  readonly #logger: Logger;
  readonly #reader: PodReader;
  readonly #images: ImageSource;
  readonly #collector: ImageCollector | undefined;
  readonly #meter: ContainerMeter;
  readonly #machine: EngineMachine;
  readonly #volumes: VolumeSite;
  readonly #devices: DeviceSite;
  readonly #works = new PodWorks();
  readonly #lifecycle: PodLifecycle;
  readonly #sizes: SizeKeeper;
  /** What killed processes left is removed. */
  #isSwept = false;

  constructor({ engine, address, root, policy, imageCollection, logger, ...noted }: DockerBackendOptions) {
    this.#engine = engine;
    this.#note = new EngineNote({ engine, address, root, logger });
    this.#root = root;
    this.#policy = policy;
    this.#features = new FeatureReader(engine);
    this.#logger = logger;
    this.#reader = new PodReader(engine);
    const records = new PullRecords(root);
    this.#images = new ImageSource(engine, records);
    if (imageCollection !== undefined) {
      const { images } = engine;
      this.#collector = new ImageCollector({ images, records, thresholds: imageCollection, logger });
    }
    this.#meter = new ContainerMeter(engine, logger);
    this.#volumes = new VolumeSite({ engine, root, policy });
    this.#devices = new DeviceSite({ reader: this.#reader, announced: policy.site.resources });
    this.#machine = new EngineMachine(engine);
    this.#lifecycle = new PodLifecycle({
      runtime: new DockerRuntime({ ...this.#parts(), policy: () => this.#policyNow() }),
      logger,
      complete: (report) => withResize(report, this.#works.find(report.uid)?.resize),
      onGone: (uid) => this.#works.forget(uid),
    });
    for (const [uid, eviction] of noted.evictions) this.#works.get(uid).eviction = eviction;
    for (const uid of noted.deletions) this.#works.get(uid).isLeaving = true;
    for (const [uid, seconds] of noted.deadlines) this.#works.get(uid).deadlineSeconds = seconds;
    this.#sizes = new SizeKeeper({
      root,
      logger,
      onEvicted: (uid, eviction) => {
        this.#works.get(uid).eviction = eviction;
        this.#lifecycle.nudge(uid);
      },
    });
  }

  get requestsMade(): number {
    return this.#engine.requestsMade;
  }

  async capabilities(): Promise<Capabilities> {
    const { unsafeSysctls, resources } = this.#policy.site;
    return await readCapabilities(this.#engine, this.#root, { volumes: this.#volumes, unsafeSysctls, resources });
  }

  async list(): Promise<OwnedReport[]> {
    if (this.#isSwept) return await this.#lifecycle.list();
    // Nothing is created before the first list has been answered.
    await this.#note.check();
    const volumes = await this.#engine.listVolumes(uidLabel);
    const listed = await this.#lifecycle.list();
    await sweepLeftovers(volumes, new Set(listed.map(({ report }) => report.uid)), this.#parts());
    this.#isSwept = true;
    return listed;
  }

  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    const { uid } = request.pod.metadata;
    return await this.#images.credentials.takeFor(uid, request.registryCredentials, async () => {
      return await createPod(request, owner, { ...this.#parts(), policy: await this.#policyNow() });
    });
  }

  async render(request: PodRequest, owner: Owner): Promise<Rendering> {
    return await renderPod(request, owner, { ...this.#parts(), policy: await this.#policyNow() });
  }

  async update(update: PodUpdate, owner: Owner): Promise<PodReport> {
    const { uid } = update.pod.metadata;
    return await this.#images.credentials.takeFor(uid, update.registryCredentials, async () => {
      return await updatePod(update, owner, this.#parts());
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
    return await forwardPort({ pod, port, signal }, { ...this.#parts(), features: this.#features });
  }

  async stats(owner: Owner): Promise<NodeStats> {
    return await measurePods(owner, this.#parts());
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    await this.#note.check();
    const over = new AbortController();
    void this.#collector?.run(AbortSignal.any([signal, over.signal]));
    const keeping = this.#sizes.run(AbortSignal.any([signal, over.signal]));
    try {
      await watchPods(news, signal, this.#parts());
    } finally {
      over.abort();
      await keeping;
    }
  }

  async #policyNow(): Promise<SitePolicy> {
    return { ...this.#policy, engine: await this.#features.read() };
  }

  /** What the verbs work with; each takes what it needs. */
  #parts() {
    return {
      engine: this.#engine,
      root: this.#root,
      volumes: this.#volumes,
      devices: this.#devices,
      logger: this.#logger,
      reader: this.#reader,
      images: this.#images,
      meter: this.#meter,
      machine: this.#machine,
      works: this.#works,
      lifecycle: this.#lifecycle,
    };
  }
}

function withResize(report: PodReport, resize: PodReport['status']['resize']): PodReport {
  return resize === undefined ? report : { ...report, status: { ...report.status, resize } };
}
