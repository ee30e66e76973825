import type { Duplex } from 'node:stream';
import {
  type Attempt,
  type ContainerRuntime,
  type CreateOrder,
  connectTo,
  type DialAddress,
  InterLinkError,
  type Logger,
  type Pod,
  type RunOrder,
  type RuntimePod,
  type UnreadablePod,
} from '@interlink/sidecar-sdk';
import type { DeviceSite } from '../devices/device-site.ts';
import { type Engine, priorities } from '../engine/engine.ts';
import type { ImageSource } from '../image/image-source.ts';
import type { PodWorks } from '../pods/pod-works.ts';
import { unlessGone } from '../pods/unless-gone.ts';
import { writePodAddress } from '../sandbox/pod-etc.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { toEngineContainer } from '../status/engine-container.ts';
import type { PodReader } from '../status/pod-reader.ts';
import { assertReachable } from '../streams/assert-reachable.ts';
import { loopbackOf, noAddress } from '../streams/host-network.ts';
import { inDataRoot } from '../volumes/data-root.ts';
import type { VolumeSite } from '../volumes/volume-site.ts';
import { createAttempt } from './create-attempt.ts';
import { removeAttempt, removePod } from './remove-pod.ts';
import { runCommand } from './run-command.ts';
import { lastLogLines, readTerminationLog } from './termination-log.ts';
import { engineIdOf, toRuntimePod, toUnreadablePod } from './to-runtime-pod.ts';

export interface DockerRuntimeOptions {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly images: ImageSource;
  readonly works: PodWorks;
  /** DataRootFolder. */
  readonly root: string;
  readonly volumes: VolumeSite;
  readonly devices: DeviceSite;
  /** Changes with the engine. */
  readonly policy: () => Promise<SitePolicy>;
  readonly logger: Logger;
}

/** A Docker Engine as the lifecycle sees it: containers with labels are the only store. */
export class DockerRuntime implements ContainerRuntime {
  readonly #options: DockerRuntimeOptions;
  #rootless: boolean | undefined;

  constructor(options: DockerRuntimeOptions) {
    this.#options = options;
  }

  async read(uid: string): Promise<RuntimePod | undefined> {
    const snapshot = await this.#options.reader.readPod(uid);
    return snapshot === undefined ? undefined : toRuntimePod(snapshot, this.#options.works.find(uid));
  }

  async readAll(): Promise<Array<RuntimePod | UnreadablePod>> {
    const { pods, unread } = await this.#options.reader.readAll();
    return [
      ...pods.map((snapshot) => toRuntimePod(snapshot, this.#options.works.find(snapshot.pod.uid))),
      ...unread.map(toUnreadablePod),
    ];
  }

  async startSandbox({ pod }: RuntimePod): Promise<void> {
    const { reader, engine } = this.#options;
    const sandbox = (await reader.readPod(pod.metadata.uid))?.sandbox;
    if (sandbox === undefined) return;
    await engine.startContainer(sandbox.id, priorities.sandbox);
  }

  async prepare({ pod }: RuntimePod): Promise<void> {
    const work = this.#options.works.get(pod.metadata.uid);
    if (work.request === undefined) return;
    try {
      await this.#options.volumes.write(work.request);
    } catch (error) {
      throw new InterLinkError('unavailable', `MountVolume.SetUp failed for ${InterLinkError.from(error).message}`);
    }
    work.areVolumesDue = false;
  }

  async create(order: CreateOrder): Promise<void> {
    await createAttempt(order, this.#options);
  }

  async start({ pod, ip }: RuntimePod, attempt: Attempt): Promise<void> {
    // Before a container runs that might read it.
    const { root } = this.#options;
    if (ip !== undefined) await inDataRoot(root, async () => await writePodAddress(root, pod.metadata.uid, ip));
    const { engine } = this.#options;
    // An attempt runs once. What was read before its start may be acted on after its end, and an engine starts what has ended again.
    const found = toEngineContainer(await engine.inspectContainer(engineIdOf(attempt)));
    if (found?.container.startedAt === undefined) await engine.startContainer(engineIdOf(attempt), priorities.start);
  }

  async terminate({ pod }: RuntimePod, attempt: Attempt): Promise<void> {
    const snapshot = await this.#options.reader.readPod(pod.metadata.uid);
    const container = snapshot?.containers.find(({ id }) => id === engineIdOf(attempt));
    if (container === undefined) return;
    await unlessGone(this.#options.engine.killContainer(container.id, container.stopSignal));
  }

  async kill(_: RuntimePod, attempt: Attempt): Promise<void> {
    await unlessGone(this.#options.engine.killContainer(engineIdOf(attempt), 'SIGKILL'));
  }

  async removeAttempt({ pod }: RuntimePod, attempt: Attempt): Promise<void> {
    await removeAttempt(pod.metadata.uid, attempt, this.#options);
  }

  async remove({ pod }: RuntimePod): Promise<void> {
    await removePod(pod.metadata.uid, this.#options);
  }

  async terminationMessage({ pod }: RuntimePod, attempt: Attempt, source: 'file' | 'logs'): Promise<string> {
    const { engine, root } = this.#options;
    if (source === 'logs') return await lastLogLines(engineIdOf(attempt), engine);
    return await readTerminationLog(root, pod.metadata.uid, attempt);
  }

  async run(order: RunOrder): Promise<{ exitCode: number; output: string }> {
    return await runCommand(engineIdOf(order.attempt), order, this.#options);
  }

  async connect({ ip, pod }: RuntimePod, { host, port }: DialAddress, signal: AbortSignal): Promise<Duplex> {
    if (host !== undefined && host !== ip && host !== 'localhost' && host !== '127.0.0.1') {
      // A kubelet goes there. From this machine that would be its own services, and whatever its network reaches.
      throw new InterLinkError(
        'permission_denied',
        `${host} is not the pod: probes and hooks reach only their own pod here`,
      );
    }
    if (ip === undefined) return await this.#connectOnHost(pod, port, signal);
    assertReachable({ rootless: await this.#isRootless() });
    return await connectTo(ip)({ host: undefined, port }, signal);
  }

  async #connectOnHost({ metadata }: Pod, port: number, signal: AbortSignal): Promise<Duplex> {
    const { reader, engine } = this.#options;
    const sandbox = (await reader.readPod(metadata.uid))?.sandbox;
    const loopback = sandbox?.status === 'running' ? await loopbackOf(engine, sandbox.id) : undefined;
    if (loopback !== undefined) return await connectTo(loopback)({ host: undefined, port }, signal);
    const why = sandbox?.status === 'running' ? noAddress : 'its sandbox is not running';
    throw new InterLinkError('unavailable', `pod "${metadata.name}" has no address: ${why}`);
  }

  /** Asked until it is known, and never again: probes go on while the engine is away. */
  async #isRootless(): Promise<boolean> {
    this.#rootless ??= await this.#options.policy().then(
      ({ engine }) => engine.rootless,
      () => undefined,
    );
    return this.#rootless ?? false;
  }
}
