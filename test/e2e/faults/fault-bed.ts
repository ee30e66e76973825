import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeClient, loadClusterAccess, namespaces, type Pod, pods } from '@interlink/kube';
import { HttpTarget, PodClient, type PodReport } from '@interlink/protocol';
import { FaultProxy } from '../../testbed/fault-proxy.ts';
import { type ControlPlaneData, waitFor } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { SitePart } from '../../testbed/site/site-part.ts';

/** One virtual node under a fault: its processes, the proxy between it and the Kubernetes API, and the truth past both. */
export interface FaultNode {
  readonly name: string;
  readonly namespace: string;
  readonly vk: SitePart;
  readonly interlink: SitePart;
  readonly sidecar: SitePart;
  readonly proxy: FaultProxy;
  /** Straight to the API server, as administrator. */
  readonly client: KubeClient;
  /** What the backend holds of this node. */
  backendPods(): Promise<PodReport[]>;
}

interface Backend {
  readonly interlink: SitePart;
  readonly sidecar: SitePart;
  readonly sidecarUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Nodes of the real product on a real control plane. They share InterLink and a mock sidecar unless one asks for its own. */
export class FaultBed {
  readonly #directory: string;
  readonly #controlPlane: ControlPlaneData;
  readonly #cleanUp: AsyncDisposableStack;
  readonly #shared: Promise<Backend>;
  readonly #client: KubeClient;
  /** Four processes start at a time: a dozen at once take each other's processor, and longer than is waited for any. */
  readonly #starting = Array.from({ length: 4 }, () => Promise.resolve());

  private constructor(options: { directory: string; controlPlane: ControlPlaneData; client: KubeClient }) {
    this.#directory = options.directory;
    this.#controlPlane = options.controlPlane;
    this.#client = options.client;
    this.#cleanUp = new AsyncDisposableStack();
    this.#cleanUp.defer(() => this.#client.close());
    this.#shared = this.#startBackend('shared');
    this.#shared.catch(() => undefined);
  }

  static async open(directory: string, controlPlane: ControlPlaneData): Promise<FaultBed> {
    const client = new KubeClient(await loadClusterAccess({ kubeconfig: controlPlane.kubeconfig }));
    return new FaultBed({ directory, controlPlane, client });
  }

  /**
   * A node of this name and a namespace of the same name; both must be new. With a Docker Engine its backend is one of its own; with
   * a folder of executables its virtual kubelet is the one from there.
   */
  async startNode(
    name: string,
    options: { hasOwnBackend?: boolean; dockerHost?: string; binaries?: string | undefined } = {},
  ): Promise<FaultNode> {
    const proxy = await FaultProxy.start(this.#controlPlane);
    this.#cleanUp.defer(() => proxy.close());
    const { hasOwnBackend = false, dockerHost, binaries } = options;
    const isOwn = hasOwnBackend || dockerHost !== undefined;
    const backend = isOwn ? await this.#startBackend(name, dockerHost) : await this.#shared;
    const directory = join(this.#directory, name);
    await mkdir(directory, { recursive: true });
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, plainKubeconfig(proxy.url), { mode: 0o600 });
    const args = ['--nodename', name, '--port', '0', '--kubeconfig', kubeconfig];
    const vk = new SitePart({ name: 'vk', args, env: { ...backend.env, POD_IP: '127.0.0.1' }, directory, binaries });
    this.#cleanUp.defer(() => vk.stop());
    const client = this.#client;
    await client.create(namespaces, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await this.#startInTurn(vk, 'backend within reach');
    const cluster = (await client.get(namespaces, { name: 'kube-system' })).metadata?.uid ?? '';
    const token = async () =>
      (await readFile(join(backend.env.XDG_CONFIG_HOME ?? '', 'interlink/token'), 'utf8')).trim();
    const target = new HttpTarget({ url: backend.sidecarUrl, token });
    this.#cleanUp.defer(() => target.close());
    const backendPods = async () => await new PodClient(target, { cluster, node: name }).listPods();
    const { interlink, sidecar } = backend;
    return { name, namespace: name, vk, interlink, sidecar, proxy, client, backendPods };
  }

  async close(): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }

  async #startBackend(name: string, dockerHost?: string): Promise<Backend> {
    const directory = join(this.#directory, `backend-of-${name}`);
    await mkdir(directory, { recursive: true });
    const [interlinkPort, sidecarPort] = await findFreePorts(2);
    const env = {
      PATH: process.env.PATH ?? '',
      XDG_CONFIG_HOME: join(directory, 'config'),
      XDG_STATE_HOME: join(directory, 'state'),
      INTERLINKPORT: String(interlinkPort),
      SIDECARSERVICE: dockerHost === undefined ? 'mock' : 'docker',
      ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
      SIDECARPORT: String(sidecarPort),
    };
    const part = (program: string) => {
      const started = new SitePart({ name: program, args: [], env, directory });
      this.#cleanUp.defer(() => started.stop());
      return started;
    };
    const [sidecar, interlink] = [part(`${env.SIDECARSERVICE}-sidecar`), part('interlink')];
    await this.#startInTurn(sidecar, 'listening');
    await this.#startInTurn(interlink, 'listening');
    return { interlink, sidecar, sidecarUrl: `http://127.0.0.1:${sidecarPort}`, env };
  }

  async #startInTurn(part: SitePart, until: string): Promise<void> {
    const lane = this.#starting.shift() ?? Promise.resolve();
    const started = lane.then(() => part.start(until));
    this.#starting.push(started.catch(() => undefined));
    await started;
  }
}

/** A pod that the mock plays by these annotations; it stays on its node whatever is said of that. */
export function mockPod(node: FaultNode, name: string, script: Readonly<Record<string, string | number>> = {}): Pod {
  const annotations = Object.fromEntries(
    Object.entries(script).map(([key, value]) => [`mock.interlink.eu/${key}`, String(value)]),
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations },
    spec: {
      nodeName: node.name,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'main', image: 'busybox' }],
    },
  };
}

export async function createPod(node: FaultNode, pod: Pod): Promise<Pod> {
  const { namespace, client } = node;
  return await waitFor(`pod ${pod.metadata?.name} to be created`, () => client.create(pods, { namespace }, pod));
}

export async function podsOf({ client, namespace }: FaultNode): Promise<Pod[]> {
  return (await client.list(pods, { namespace })).items;
}

/** `name phase exit-code`, sorted: what users see of these pods. */
export async function outcomesOf(node: FaultNode): Promise<string[]> {
  return (await podsOf(node))
    .map(({ metadata, status }) => {
      const code = status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
      return `${metadata?.name} ${status?.phase}${code === undefined ? '' : ` ${code}`}`;
    })
    .sort();
}

export async function waitForOutcomes(
  node: FaultNode,
  wanted: ReadonlyArray<string>,
  timeoutMs = 60_000,
): Promise<void> {
  await waitFor(
    `the pods of ${node.name}`,
    async () => {
      const found = await outcomesOf(node);
      if (found.join() === wanted.toSorted().join()) return true;
      throw new Error(found.join(', '));
    },
    { timeoutMs },
  );
}

/** How often the sidecar started this pod, by its log. */
export async function createsOf({ sidecar }: FaultNode, uid: string): Promise<number> {
  const log = await readFile(sidecar.logFile, 'utf8');
  return log.split('\n').filter((line) => line.includes('"msg":"pod created"') && line.includes(uid)).length;
}

function plainKubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'faults',
    clusters: [{ name: 'faults', cluster: { server } }],
    users: [{ name: 'faults', user: {} }],
    contexts: [{ name: 'faults', context: { cluster: 'faults', user: 'faults' } }],
  });
}
