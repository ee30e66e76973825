import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@interlink/kube';
import { type BinaryName, ensureBinaries, TestImages, waitFor } from '../../../testbed/index.ts';
import { findFreePorts } from '../../../testbed/process/free-ports.ts';
import { TcpBalancer } from '../../../testbed/process/tcp-balancer.ts';
import { SitePart } from '../../../testbed/site/site-part.ts';
import type { Namespace } from '../namespace.ts';
import type { TestbedParts } from '../testbed-parts.ts';
import { DockerPod } from './docker-pod.ts';
import { PodVolumes } from './pod-volumes.ts';

/** InterLink's default port: what manifests say, and nobody else has at the address of the testbed's engine. */
const interlinkPort = 3000;
/** A name in the API server's certificate. */
const apiServerName = 'kubernetes.default.svc';
/** What our images say, by their Dockerfiles. */
const imageEnv = ['HOME=/var/lib/interlink', 'XDG_CONFIG_HOME=/var/lib', 'XDG_STATE_HOME=/var/lib'];
const listenerEnv: Readonly<Record<string, string>> = {
  interlink: 'INTERLINKADDRESS=http://0.0.0.0',
  'mock-sidecar': 'SIDECARURL=http://0.0.0.0',
};
/** What executables need, which an image of ours has and busybox has not. */
const libraries = ['/lib', '/lib64', '/usr/lib'].map((folder) => `${folder}:${folder}:ro`);

/**
 * What a manifest of this repository runs in: its images, made of the executables; the API server, as pods reach it; and on the pods'
 * machine, which is the engine's, InterLink and a Docker sidecar as an administrator starts them.
 */
export class ManifestBed {
  readonly directory: string;
  /** The machine's address for pods. */
  readonly hostIP: string;
  readonly #parts: TestbedParts;
  readonly #binaries: string;
  readonly #apiServer: TcpBalancer;
  readonly #images: TestImages;
  readonly #made: string[] = [];
  readonly #pods: DockerPod[] = [];
  readonly #processes: SitePart[] = [];

  private constructor(parts: TestbedParts, directory: string, binaries: string, apiServer: TcpBalancer) {
    this.#parts = parts;
    this.directory = directory;
    this.hostIP = hostAddressOf(parts);
    this.#binaries = binaries;
    this.#apiServer = apiServer;
    this.#images = new TestImages(parts.docker.socket);
  }

  static async start(parts: TestbedParts): Promise<ManifestBed> {
    const directory = await mkdtemp(join(tmpdir(), 'manifest-bed-'));
    const binaries = await ensureBinaries();
    const apiServer = await TcpBalancer.start(hostAddressOf(parts));
    apiServer.balanceOver([Number(new URL(parts.controlPlane.server).port)]);
    return new ManifestBed(parts, directory, binaries, apiServer);
  }

  /** Of the API server, for pods. */
  get apiServerUrl(): string {
    return `https://${apiServerName}:${this.#apiServer.port}`;
  }

  /** Gives the engine an image by this name that starts the executable. */
  async makeImage(image: string, program: BinaryName): Promise<void> {
    const { [program]: listener } = listenerEnv;
    const env = listener === undefined ? imageEnv : [...imageEnv, listener];
    await this.#images.make(image, { Entrypoint: [`/opt/interlink/${program}`], Env: env });
    this.#made.push(image);
  }

  /** InterLink at the machine's address, behind it the Docker sidecar. @returns the file with its token */
  async startInterLink(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const [sidecarPort = 0] = await findFreePorts(1);
    const home = await mkdtemp(join(this.directory, 'site-'));
    const common = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      SIDECARURL: `http://127.0.0.1:${sidecarPort}`,
      DOCKER_HOST: this.#parts.docker.host,
      INTERLINKURL: `http://${this.hostIP}`,
      INTERLINKPORT: String(interlinkPort),
      ...env,
    };
    // A configuration of the folder that tests are started in is not this machine's.
    const configuration = join(home, 'empty.yaml');
    await writeFile(configuration, '');
    const part = (name: string) =>
      new SitePart({ name, args: [], directory: home, env: { INTERLINKCONFIGPATH: configuration, ...common } });
    for (const process of [part('docker-sidecar'), part('interlink')]) {
      this.#processes.push(process);
      await process.start('listening');
    }
    return join(home, '.config/interlink/token');
  }

  /** The pods that a Deployment has made, of so many containers each if that is said. */
  async podsOf(
    namespace: Namespace,
    selector: string,
    { count = 1, containers }: { count?: number; containers?: number } = {},
  ): Promise<[Pod, ...Pod[]]> {
    return await waitFor(`${count} pods ${selector}`, async () => {
      const printed = await namespace.run('get', 'pods', '-l', selector, '-o', 'json');
      const { items } = JSON.parse(printed) as { items: Pod[] };
      const [first, ...others] = items.filter(({ spec }) => [undefined, spec?.containers.length].includes(containers));
      return first !== undefined && others.length === count - 1 && [first, ...others];
    });
  }

  /** Runs a pod of the cluster on this machine. */
  async run(pod: Pod, namespace: Namespace): Promise<{ running: DockerPod; volumes: PodVolumes }> {
    const directory = join(this.directory, pod.metadata?.uid ?? '');
    await mkdir(directory);
    const volumes = new PodVolumes(pod, namespace, directory);
    const running = await DockerPod.start({
      ...{ pod, volumes, hostIP: this.hostIP, socket: this.#parts.docker.socket },
      apiServer: { name: apiServerName, port: this.#apiServer.port },
      binds: [`${this.#binaries}:/opt/interlink:ro`, ...libraries],
    });
    this.#pods.push(running);
    return { running, volumes };
  }

  /** What the parts have logged, for whoever looks for why a test failed. */
  async logs(container: string): Promise<string> {
    const ofPods = await Promise.all(this.#pods.map(async (pod) => await pod.log(container)));
    return [...ofPods, ...this.#processes.map((part) => part.log())].join('\n');
  }

  /** Ends what a test has started; images stay. */
  async clear(): Promise<void> {
    for (const pod of this.#pods.splice(0)) await pod.remove();
    for (const process of this.#processes.splice(0).reverse()) await process.stop();
  }

  async end(): Promise<void> {
    await this.clear();
    this.#apiServer.close();
    for (const image of this.#made) await this.#images.remove(image);
    await rm(this.directory, { recursive: true, force: true });
  }
}

function hostAddressOf({ docker }: TestbedParts): string {
  return `${docker.subnetPrefix}.0.1`;
}
