import type { Readable } from 'node:stream';
import { sleep } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { uidLabel } from '../identity/labels.ts';
import { type AnswerLimits, answerLimits, withDeadline } from './answer-deadline.ts';
import { attempt, isNotFound, isUnimplemented } from './engine-error.ts';
import { EngineImages } from './engine-images.ts';
import { EngineStreams } from './engine-streams.ts';
import { Gate } from './gate.ts';

/** Starting a container costs the engine about a core for a tenth of a second; more at once only makes all of them late. */
const maxChanges = 6;
const maxReads = 12;
/** One that takes longer waits for something else than the engine's cores: others go on beside it. */
const changePatienceMs = 15_000;
const readPatienceMs = 5_000;

/** Which of the waiting changes goes first. */
export const priorities = { sandbox: 0, create: 1, start: 2, end: 3 } as const;

/** What may change a pod's report or call for its next step. `died` and `remove` are what Podman's filter calls `die` and `destroy`. */
const watchedEvents = ['create', 'start', 'die', 'died', 'oom', 'destroy', 'remove', 'pause', 'unpause', 'update'];

/** Podman fails to list its containers when one goes meanwhile: so often it is asked, with a pause in between. */
const maxLists = 20;
const listPauseMs = 50;
/** The image is a file of a few KB. */
const importMs = 600_000;

/** What the engine says of itself and its host. */
export interface EngineInfo {
  /** Docker keeps its own with its data; other products make up a new one whenever they are asked. Empty: it has none. */
  readonly id: string;
  readonly host: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly version: string;
  readonly architecture: string;
  readonly securityOptions: ReadonlyArray<string>;
  readonly runtimes: ReadonlyArray<string>;
  /** One of them gives containers GPUs by what is in their environment. */
  readonly hasNvidiaRuntime: boolean;
  /** `docker`, or what else speaks its API. */
  readonly product: string;
  /** What its host's kernel does not let it limit. */
  readonly missingLimits: ReadonlyArray<string>;
  /** It has control groups to measure containers by. */
  readonly isMeasured: boolean;
  /** It can change a container that is there: Podman can since 5.1. */
  readonly canUpdate: boolean;
}

/** A volume that was made for a pod. */
export interface PodVolume {
  readonly name: string;
  readonly uid: string;
}

/**
 * Every request to the Docker Engine, with its own errors turned into InterLinkError by {@link attempt} and with bounded
 * concurrency, and with a deadline: {@link withDeadline}. Streams (events, logs, pulls), which last long, are not counted, nor are signals, which must not wait behind others.
 */
export class Engine {
  /** Commands in containers, and their own processes' streams. */
  readonly streams: EngineStreams;
  /** Pulls, and what images there are. */
  readonly images: EngineImages;
  readonly #docker: Docker;
  readonly #changes = new Gate(maxChanges, changePatienceMs);
  readonly #reads = new Gate(maxReads, readPatienceMs);

  #requests = 0;

  constructor(docker: Docker, limits: AnswerLimits = answerLimits) {
    this.#docker = docker;
    this.#takeRequests(limits);
    this.streams = new EngineStreams(docker);
    this.images = new EngineImages(docker);
  }

  /** How many requests were made so far, streams included. */
  get requestsMade(): number {
    return this.#requests;
  }

  /** All containers, running or not, that carry the label. One request. */
  async listContainers(label: string): Promise<Docker.ContainerInfo[]> {
    const list = async () => await this.#docker.listContainers({ all: true, filters: { label: [label] } });
    for (let lists = 1; ; lists += 1) {
      try {
        return await this.#read(list);
      } catch (error) {
        if (!isNotFound(error) || lists === maxLists) throw error;
        await sleep(listPauseMs, neverAborted);
      }
    }
  }

  /** By id or name. @throws InterLinkError `not_found` */
  async inspectContainer(id: string): Promise<Docker.ContainerInspectInfo> {
    return await this.#read(async () => await this.#docker.getContainer(id).inspect());
  }

  /** What a running container uses now, without the second that the engine would wait for another sample. @throws InterLinkError `not_found` */
  async containerStats(id: string): Promise<Docker.ContainerStats> {
    return await this.#read(async () => await this.#docker.getContainer(id).stats({ stream: false, 'one-shot': true }));
  }

  /** By reference. @throws InterLinkError `not_found` */
  async inspectImage(reference: string): Promise<Docker.ImageInspectInfo> {
    return await this.#read(async () => await this.#docker.getImage(reference).inspect());
  }

  async info(): Promise<EngineInfo> {
    const [info, version] = await this.#read(
      async () => await Promise.all([this.#docker.info(), this.#docker.version()]),
    );
    const product = productOf(version.Components);
    const { Rootless: isRootless = false, CgroupVersion: cgroups } = info as PodmanInfo;
    // It says itself that it limits all of them, and when a container starts that it limits none.
    const limitsNothing = isRootless && cgroups === '1';
    return {
      id: info.ID ?? '',
      host: info.Name,
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
      version: version.Version,
      architecture: version.Arch,
      securityOptions: [...(info.SecurityOptions ?? []), ...(isRootless ? ['name=rootless'] : [])],
      runtimes: Object.keys(info.Runtimes ?? {}),
      // By its program, too: the name is the administrator's.
      hasNvidiaRuntime: JSON.stringify(info.Runtimes ?? {}).includes('nvidia'),
      product,
      missingLimits: [
        ...(info.MemoryLimit === false || limitsNothing ? ['memory'] : []),
        ...(info.CpuCfsQuota === false || limitsNothing ? ['CPUs'] : []),
        ...(info.PidsLimit === false || limitsNothing ? ['processes'] : []),
      ],
      isMeasured: !limitsNothing,
      canUpdate: product === 'docker' || (await this.#canUpdate()),
    };
  }

  /** Asked with a container that there is not: which of both it does not know is what matters. */
  async #canUpdate(): Promise<boolean> {
    try {
      await this.#read(async () => await this.#docker.getContainer('interlink-none').update({}));
      return true;
    } catch (error) {
      return !isUnimplemented(error);
    }
  }

  /** Which engine it is, and the newest version of its API: `1.45`. */
  async version(): Promise<{ product: string; apiVersion: string }> {
    const { Components: components, ApiVersion: apiVersion } = await this.#read(
      async () => await this.#docker.version(),
    );
    return { product: productOf(components), apiVersion };
  }

  /** @throws InterLinkError `already_exists` when the name is taken, `not_found` when the image is not there */
  async createContainer(options: Docker.ContainerCreateOptions): Promise<string> {
    const container = await this.#change(priorities.create, async () => await this.#docker.createContainer(options));
    return container.id;
  }

  /** One that runs already is a success. */
  async startContainer(id: string, priority: number): Promise<void> {
    await this.#change(priority, async () => await this.#docker.getContainer(id).start().catch(unlessNotModified));
  }

  /** From now on the engine itself never starts the container again. @throws InterLinkError `unimplemented` where none can be changed */
  async forbidRestart(id: string): Promise<void> {
    await this.#change(priorities.end, async () => {
      await this.#docker.getContainer(id).update({ RestartPolicy: { Name: 'no' } });
    });
  }

  /**
   * Gives a running container other limits and weights. @throws InterLinkError when the kernel refuses: less memory than is in use;
   * `unimplemented` where none can be changed
   */
  async resizeContainer(id: string, resources: Partial<Docker.HostConfig>): Promise<void> {
    await this.#change(priorities.start, async () => {
      await this.#docker.getContainer(id).update(resources);
    });
  }

  /** @param signal a name such as `SIGTERM` @throws InterLinkError `already_exists` when it does not run */
  async killContainer(id: string, signal: string): Promise<void> {
    await attempt(async () => await this.#docker.getContainer(id).kill({ signal }));
  }

  /** With its anonymous volumes, running or not. */
  async removeContainer(id: string): Promise<void> {
    await this.#change(
      priorities.end,
      async () => await this.#docker.getContainer(id).remove({ force: true, v: true }),
    );
  }

  /** One of that name that is there already is a success. */
  async createVolume(options: Docker.VolumeCreateOptions): Promise<void> {
    await this.#change(priorities.sandbox, async () => await this.#docker.createVolume(options));
  }

  async removeVolume(name: string): Promise<void> {
    await this.#change(priorities.end, async () => await this.#docker.getVolume(name).remove());
  }

  /** Volumes that carry the label, a pod's UID. */
  async listVolumes(label: string): Promise<PodVolume[]> {
    const { Volumes: volumes } = await this.#read(
      async () => await this.#docker.listVolumes({ filters: { label: [label] } }),
    );
    return (volumes ?? []).map(({ Name: name, Labels: labels }) => ({ name, uid: labels?.[uidLabel] ?? '' }));
  }

  /** Makes an image of one layer from a tar archive. */
  async importImage(tar: Buffer, name: string, changes: string): Promise<Readable> {
    // The name in one piece: Podman takes no notice of a `tag`.
    const options = { repo: name, changes, abortSignal: AbortSignal.timeout(importMs) };
    // docker-modem takes Buffers here, its types only know streams.
    const file = tar as unknown as NodeJS.ReadableStream;
    return toReadable(await attempt(async () => await this.#docker.importImage(file, options)));
  }

  /**
   * What happens to containers, ours and others, one JSON object a line, until the signal aborts. No label is asked for: Podman tells
   * nothing then unless its value is named, too.
   */
  async events(signal: AbortSignal): Promise<Readable> {
    const filters = JSON.stringify({ type: ['container'], event: watchedEvents });
    const options = { filters, abortSignal: signal };
    return toReadable(await attempt(async () => await this.#docker.getEvents(options)));
  }

  /** A container's output as the engine sends it: framed, but raw for one with a terminal. */
  async logs(id: string, query: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Readable> {
    return toReadable(
      await attempt(
        async () =>
          await new Promise<unknown>((resolve, reject) => {
            // dockerode's own logs() reads everything into memory unless it follows.
            this.#docker.modem.dial(
              {
                path: `/containers/${id}/logs?`,
                method: 'GET',
                isStream: true,
                options: { ...query },
                abortSignal: signal,
                statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
              },
              (error: unknown, stream: unknown) => (error === null ? resolve(stream) : reject(error)),
            );
          }),
      ),
    );
  }

  /** Resolves when the container does not run any more, and all of its output is in its log. @throws InterLinkError `not_found` */
  async untilStopped(id: string, signal: AbortSignal): Promise<void> {
    await attempt(async () => await this.#docker.getContainer(id).wait({ abortSignal: signal }));
  }

  /** Every request goes through one function of docker-modem. */
  #takeRequests(limits: AnswerLimits): void {
    const { modem } = this.#docker;
    const dial = withDeadline(modem.dial.bind(modem), limits);
    modem.dial = (...args: Parameters<typeof dial>) => {
      this.#requests += 1;
      dial(...args);
    };
  }

  async #read<T>(request: () => Promise<T>): Promise<T> {
    return await this.#reads.run(0, async () => await attempt(request));
  }

  async #change<T>(priority: number, request: () => Promise<T>): Promise<T> {
    return await this.#changes.run(priority, async () => await attempt(request));
  }
}

const neverAborted = new AbortController().signal;

/** What Podman says in words of its own: a rootless Docker Engine has it among its security options. */
interface PodmanInfo {
  readonly Rootless?: boolean;
  readonly CgroupVersion?: string;
}

/** A Docker Engine calls its own component `Engine`, Podman's socket `Podman Engine`. */
function productOf(components: ReadonlyArray<{ readonly Name: string }> | undefined): string {
  const name = components?.[0]?.Name ?? 'Engine';
  return name === 'Engine' ? 'docker' : name;
}

/** 304: it already is as asked. */
function unlessNotModified(error: unknown): void {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 304)) throw error;
}

/** docker-modem hands out Node's IncomingMessage under older types. */
function toReadable(stream: unknown): Readable {
  return stream as Readable;
}
