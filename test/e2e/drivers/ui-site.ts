import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInterLink } from '@interlink/interlink';
import { HttpTarget, type Pod, PodClient } from '@interlink/protocol';
import { mockSidecarOf } from '@interlink/sidecar-mock';
import { runSidecar, type SidecarDefinition } from '@interlink/sidecar-sdk';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { waitFor } from '../../testbed/wait-for.ts';

/** Who may sign in to the pages: the operator sees all, ada what is on node n1, nobody of them anything else. */
export type Person = 'operator' | 'ada';
const people: ReadonlyArray<Person> = ['operator', 'ada'];

export interface UiSiteOptions {
  /** Rules for pods, as `pods` of docs/mock.md. */
  readonly pods?: ReadonlyArray<object>;
  /** Default: the mock sidecar. */
  readonly sidecar?: SidecarDefinition;
  /** Nodes of cluster c1, whose virtual kubelets watch from the start. */
  readonly nodes: ReadonlyArray<string>;
}

/** InterLink and the mock sidecar, whole, on loopback, for clients that stand for virtual kubelets and for a browser. */
export class UiSite {
  readonly url: string;
  /** What its processes would be started with: commands of InterLink find the site by it. */
  readonly env: NodeJS.ProcessEnv;
  readonly #kubelets: ReadonlyMap<string, PodClient>;
  readonly #endings: AsyncDisposableStack;

  private constructor({ url, env, kubelets, endings }: SiteParts) {
    this.url = url;
    this.env = env;
    this.#kubelets = kubelets;
    this.#endings = endings;
  }

  /** What a person pastes into the page. */
  static tokenOf(person: Person): string {
    return `the-token-of-${person}`;
  }

  static async start({ nodes, pods = [], sidecar = mockSidecarOf({}) }: UiSiteOptions): Promise<UiSite> {
    await using endings = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'interlink-pages-'));
    endings.defer(async () => await rm(folder, { recursive: true }));
    const [port = 0, sidecarPort = 0] = await findFreePorts(2);
    const env = await writeConfiguration(folder, { pods, port, sidecarPort });
    const over = new AbortController();
    const running = Promise.all([runSidecar(sidecar, over.signal, env), runInterLink(over.signal, env)]);
    const url = `http://127.0.0.1:${port}`;
    const target = new HttpTarget({ url, token: async () => 'the-token-of-the-account' });
    const kubelets = new Map(nodes.map((node) => [node, new PodClient(target, { cluster: 'c1', node })]));
    const watches: Promise<void>[] = [];
    endings.defer(async () => {
      over.abort();
      await Promise.all(watches);
      await target.close();
      await running;
    });
    const isReady = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
    await waitFor('InterLink to be ready', isReady, { timeoutMs: 60_000 });
    for (const kubelet of kubelets.values()) watches.push(watch(kubelet, over.signal));
    return new UiSite({ url, env, kubelets, endings: endings.move() });
  }

  /** Sends a pod to a node, with annotations of the mock sidecar by their short names. @returns its UID */
  async create(node: string, name: string, more: PodOptions = {}): Promise<string> {
    const { annotations = {}, containers = ['main'], namespace = 'ns' } = more;
    const prefixed = Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`mock.interlink.eu/${k}`, v]));
    const uid = crypto.randomUUID();
    const pod: Pod = {
      metadata: { uid, namespace, name, annotations: prefixed },
      spec: {
        containers: containers.map((container) => ({ name: container, image: 'docker.io/library/busybox:1.36' })),
      },
    };
    await this.#kubeletOf(node).createPod({ pod, volumes: [] });
    return uid;
  }

  async delete(node: string, uid: string): Promise<void> {
    await this.#kubeletOf(node).deletePod(uid, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endings.disposeAsync();
  }

  #kubeletOf(node: string): PodClient {
    const kubelet = this.#kubelets.get(node);
    if (kubelet === undefined) throw new Error(`This site has no node "${node}", but ${[...this.#kubelets.keys()]}`);
    return kubelet;
  }
}

export interface PodOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers?: ReadonlyArray<string>;
  readonly namespace?: string;
}

interface SiteParts {
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
  readonly kubelets: ReadonlyMap<string, PodClient>;
  readonly endings: AsyncDisposableStack;
}

interface Settings {
  readonly pods: ReadonlyArray<object>;
  readonly port: number;
  readonly sidecarPort: number;
}

async function writeConfiguration(folder: string, { pods, port, sidecarPort }: Settings): Promise<NodeJS.ProcessEnv> {
  const fileOf = (name: string) => join(folder, name);
  for (const name of ['the-account', ...people]) await writeFile(fileOf(name), `the-token-of-${name}`);
  const config = {
    Auth: {
      TokenFile: fileOf('the-account'),
      Tokens: people.map((person) => ({ Name: person, File: fileOf(person) })),
    },
    Policy: {
      Grants: [
        { Identities: ['account'], Owners: ['c1/*'] },
        { Identities: ['token:operator'], Operator: true },
        { Identities: ['token:ada'], Owners: ['c1/n1'] },
      ],
    },
    DataRootFolder: folder,
    Mock: { Script: fileOf('script.json') },
  };
  await writeFile(fileOf('script.json'), JSON.stringify({ pods }));
  await writeFile(fileOf('config.yaml'), JSON.stringify(config));
  return {
    ...{ INTERLINKCONFIGPATH: fileOf('config.yaml'), LOGLEVEL: 'error' },
    ...{ INTERLINKURL: 'http://127.0.0.1', INTERLINKPORT: String(port) },
    ...{ SIDECARURL: 'http://127.0.0.1', SIDECARPORT: String(sidecarPort) },
  };
}

async function watch(kubelet: PodClient, signal: AbortSignal): Promise<void> {
  try {
    for await (const _record of kubelet.watchPods({ signal }));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
