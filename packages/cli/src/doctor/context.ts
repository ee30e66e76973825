import { type ClusterAccess, KubeClient, loadClusterAccess } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { createLogger, type InterLinkConfig, type LoadedConfig, loadInterLinkConfig } from '@interlink/service-kit';
import { type PlannedNode, planNodes } from '@interlink/virtual-kubelet';
import { NotApplicable, type Side } from './check.ts';
import { chooseSides } from './choose-sides.ts';
import { type Described, describePeer, interLinkPeer, type Peer, sidecarPeers } from './peers.ts';

export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Default: found out, see `chooseSides`. */
  readonly side?: Side | undefined;
  readonly kubeconfig?: string | undefined;
  readonly nodename?: string | undefined;
  readonly providerConfig?: string | undefined;
  /** Whether a pod is run on each node, of this image. Default: none is. */
  readonly podImage?: string | undefined;
}

/** The Kubernetes API, as the virtual kubelet would reach it from here. */
export interface Cluster {
  readonly access: ClusterAccess;
  readonly client: KubeClient;
}

const kubeTimeoutMs = 8_000;

/**
 * What checks share, each made once and when it is first asked for. A `load…` throws what is wrong, for the check whose subject that is;
 * the others throw {@link NotApplicable} then, so that one fault is told once.
 */
export class DoctorContext {
  readonly env: NodeJS.ProcessEnv;
  /** What may appear in no output. */
  readonly secrets = new Set<string>();
  readonly logger = createLogger('doctor', 'silent');
  readonly #options: DoctorOptions;
  /** Undefined: no pod is to be run. */
  readonly podImage: string | undefined;
  readonly #closing: Array<() => Promise<void>> = [];

  constructor(options: DoctorOptions) {
    this.env = options.env;
    this.podImage = options.podImage;
    this.#options = options;
  }

  readonly sides: () => Promise<ReadonlySet<Side>> = once(async () => {
    const config = await this.loadConfig().then(
      (loaded) => loaded.config,
      () => undefined,
    );
    return chooseSides({ ...this.#options, config });
  });

  readonly loadConfig: () => Promise<LoadedConfig> = once(async () => await loadInterLinkConfig(this.env));

  async config(): Promise<InterLinkConfig> {
    return (await unless(this.loadConfig(), 'the configuration can’t be used: see "configuration"')).config;
  }

  readonly loadAccess: () => Promise<ClusterAccess> = once(async () => {
    const { env, kubeconfig } = this.#options;
    return await loadClusterAccess({ env, kubeconfig });
  });

  readonly #client = once(async (): Promise<KubeClient> => {
    const client = new KubeClient(await this.loadAccess(), {
      userAgent: 'interlink-doctor',
      timeoutMs: kubeTimeoutMs,
      connections: 4,
    });
    this.#closing.push(async () => await client.close());
    return client;
  });

  async cluster(): Promise<Cluster> {
    const reason = 'there is no way to the cluster: see "kubernetes-api"';
    const [access, client] = await unless(Promise.all([this.loadAccess(), this.#client()]), reason);
    return { access, client };
  }

  readonly loadNodes: () => Promise<ReadonlyArray<PlannedNode>> = once(async () => {
    const { nodename, providerConfig } = this.#options;
    const { VirtualNodes } = await this.config();
    return await planNodes({ flags: { nodename, providerConfig }, env: this.env, virtualNodes: VirtualNodes });
  });

  async nodes(): Promise<ReadonlyArray<PlannedNode>> {
    return await unless(this.loadNodes(), 'the virtual nodes are not known: see "configuration"');
  }

  /** @throws InterLinkError when the files that it is reached with can't be used */
  readonly interLink: () => Promise<Peer> = once(async () => {
    const isCluster = (await this.sides()).has('cluster');
    const settings = isCluster ? (await this.nodes())[0]?.settings.interLink : undefined;
    return this.#closed(await interLinkPeer(this, await this.config(), settings ?? {}));
  });

  readonly sidecars: () => Promise<ReadonlyArray<Peer>> = once(async () => {
    return (await sidecarPeers(this, await this.config())).map((peer) => this.#closed(peer));
  });

  /** What a peer says of itself; asked once, whichever checks want to know. */
  readonly describe: (peer: Peer) => Promise<Described> = oncePer(async (peer) => await describePeer(peer));

  /** Does it at the end, whatever that is, and before what was there already is closed. */
  atEnd(act: () => Promise<void>): void {
    this.#closing.push(act);
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close().catch(() => undefined);
  }

  #closed(peer: Peer): Peer {
    this.#closing.push(async () => await peer.target.close());
    return peer;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function oncePer<K extends object, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
}

async function unless<T>(promise: Promise<T>, reason: string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof NotApplicable) throw error;
    throw new NotApplicable(reason, { cause: InterLinkError.from(error) });
  }
}
