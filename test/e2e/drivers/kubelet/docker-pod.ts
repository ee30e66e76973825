import { Readable } from 'node:stream';
import type { Container, Pod } from '@interlink/kube';
import { requestEngine, requestEngineOrThrow } from '../../../testbed/docker/engine-api.ts';
import { containerConfig } from './container-config.ts';
import type { PodVolumes } from './pod-volumes.ts';

export interface DockerPodOptions {
  readonly pod: Pod;
  readonly volumes: PodVolumes;
  /** Of the engine. */
  readonly socket: string;
  /** `status.hostIP`. */
  readonly hostIP: string;
  /** Where the API server is for pods: a name of its certificate, which is found at `hostIP`, and a port. */
  readonly apiServer: { readonly name: string; readonly port: number };
  /** What the images lack: `/from:/to:ro`. */
  readonly binds: ReadonlyArray<string>;
}

type Probe = 'startupProbe' | 'livenessProbe' | 'readinessProbe';

/** A pod of the cluster, which has no node to run it, in containers of the testbed's engine: with a network of its own, and nothing else than its spec says. */
export class DockerPod {
  readonly #options: DockerPodOptions;
  readonly #containers = new Map<string, string>();
  #sandbox = '';
  #ip = '';

  private constructor(options: DockerPodOptions) {
    this.#options = options;
  }

  static async start(options: DockerPodOptions): Promise<DockerPod> {
    const pod = new DockerPod(options);
    try {
      await options.volumes.write();
      await pod.#startSandbox();
      for (const container of options.pod.spec?.containers ?? []) await pod.#startContainer(container);
      return pod;
    } catch (error) {
      await pod.remove();
      throw error;
    }
  }

  get ip(): string {
    return this.#ip;
  }

  /** What a container has logged on both outputs. */
  async log(container: string): Promise<string> {
    const path = `/containers/${this.#containers.get(container)}/logs?stdout=1&stderr=1`;
    const { text } = await requestEngine(this.#options.socket, { method: 'GET', path });
    return text;
  }

  /** @returns the HTTP status of a container's probe; undefined when nothing answers */
  async probe(container: string, kind: Probe): Promise<number | undefined> {
    const spec = this.#options.pod.spec?.containers.find(({ name }) => name === container);
    const { path, port } = spec?.[kind]?.httpGet ?? {};
    const number = spec?.ports?.find(({ name }) => name === port)?.containerPort ?? port;
    return await fetch(`http://${this.#ip}:${number}${path}`).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  /** SIGTERM to all, and SIGKILL to what has not ended in time. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#containers.values()].map(async (id) => await this.#post(`/containers/${id}/stop?t=10`)),
    );
  }

  async remove(): Promise<void> {
    for (const id of [...this.#containers.values(), this.#sandbox].filter((known) => known !== ''))
      await requestEngine(this.#options.socket, { method: 'DELETE', path: `/containers/${id}?force=1&v=1` });
  }

  async #startSandbox(): Promise<void> {
    const { hostIP, apiServer } = this.#options;
    this.#sandbox = await this.#run({
      Image: 'busybox:1.36',
      Cmd: ['sleep', '3600'],
      HostConfig: { ExtraHosts: [`${apiServer.name}:${hostIP}`] },
    });
    const path = `/containers/${this.#sandbox}/json`;
    const found = (await requestEngineOrThrow(this.#options.socket, { method: 'GET', path })) as {
      NetworkSettings: { IPAddress: string };
    };
    this.#ip = found.NetworkSettings.IPAddress;
  }

  async #startContainer(container: Container): Promise<void> {
    const { pod, volumes, hostIP, apiServer, binds } = this.#options;
    const fields = {
      'status.podIP': this.#ip,
      'status.hostIP': hostIP,
      'metadata.name': pod.metadata?.name ?? '',
      'metadata.namespace': pod.metadata?.namespace ?? '',
    };
    if (pod.spec === undefined) throw new Error('The pod has no spec');
    const config = containerConfig(pod.spec, container, fields, volumes);
    const service = [`KUBERNETES_SERVICE_HOST=${apiServer.name}`, `KUBERNETES_SERVICE_PORT=${apiServer.port}`];
    const id = await this.#run({
      ...config,
      Env: [...service, ...config.Env],
      HostConfig: {
        ...config.HostConfig,
        Binds: [...config.HostConfig.Binds, ...binds],
        NetworkMode: `container:${this.#sandbox}`,
      },
    });
    this.#containers.set(container.name, id);
  }

  async #run(config: object): Promise<string> {
    const { Id } = (await this.#post('/containers/create', config)) as { Id: string };
    await this.#post(`/containers/${Id}/start`);
    return Id;
  }

  async #post(path: string, body?: object): Promise<unknown> {
    const headers = { 'Content-Type': 'application/json' };
    const text = body === undefined ? {} : { body: Readable.from([JSON.stringify(body)]) };
    return await requestEngineOrThrow(this.#options.socket, { method: 'POST', path, headers, ...text });
  }
}
