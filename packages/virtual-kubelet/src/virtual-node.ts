import type { EventRecorder, KubeClient, Node, Taint } from '@interlink/kube';
import { type Capabilities, InterLinkError } from '@interlink/protocol';
import { aborted, type Logger, sleep, type Tracer } from '@interlink/service-kit';
import { Admission } from './admission/admission.ts';
import type { NodePolicy } from './config/node-policy.ts';
import type { NodeSettings } from './config/provider-file.ts';
import { createAuthorize } from './kubelet-api/authorize.ts';
import { kubernetesSigning } from './kubelet-api/certificate-signing.ts';
import { CertificateStore } from './kubelet-api/certificate-store.ts';
import { loadClientCa, publishedClientCa } from './kubelet-api/client-ca.ts';
import { toKubeletConfiguration } from './kubelet-api/kubelet-configuration.ts';
import { type KubeletServer, startKubeletServer } from './kubelet-api/kubelet-server.ts';
import type { MetricsSource } from './kubelet-api/metrics-handler.ts';
import { kubernetesReviews } from './kubelet-api/reviews.ts';
import { loadServingCertificate, type ServingCertificate } from './kubelet-api/serving-certificate.ts';
import type { KubeletMetrics } from './metrics/kubelet-metrics.ts';
import { LeaseController } from './node/lease-controller.ts';
import { NodeController } from './node/node-controller.ts';
import { isNodeIdentity } from './node/node-identity.ts';
import { type NodeDescription, standardLabels } from './node/node-object.ts';
import { nodeReference } from './node/node-reference.ts';
import { mayLabelItself } from './node/node-restriction.ts';
import { poolOf } from './node/pool-of.ts';
import { PodController } from './pods/pod-controller.ts';
import type { Provider } from './provider.ts';
import type { NodeFacts } from './resolve/node-facts.ts';
import type { ServiceLinks } from './resolve/service-links.ts';
import { ownUsage } from './stats/own-usage.ts';
import { UsageReader } from './stats/usage-reader.ts';
import type { StreamTimeouts } from './streaming/stream-timeouts.ts';
import { checkCapabilities } from './trust/check-capabilities.ts';
import { podAddresses } from './trust/pod-addresses.ts';

export interface VirtualNodeOptions {
  readonly client: KubeClient;
  /** A connection of its own, so that leases never wait. */
  readonly leaseClient: KubeClient;
  /** Of the process, which runs it. */
  readonly events: Pick<EventRecorder, 'record'>;
  /** Of the process, which runs it. */
  readonly services: Pick<ServiceLinks, 'envOf'>;
  readonly provider: Provider;
  readonly logger: Logger;
  /** Undefined: no traces. */
  readonly tracer?: Tracer | undefined;
  readonly name: string;
  /** The pool of the backend that the node stands for; undefined: the one of its name, else the first. */
  readonly pool: string | undefined;
  readonly settings: NodeSettings;
  readonly taints: ReadonlyArray<Taint>;
  readonly policy: NodePolicy;
  /** Addresses of others, that no pod can have: the Kubernetes API's. */
  readonly othersAddresses: ReadonlyArray<string>;
  /** Where the Kubernetes API reaches the kubelet port; the node's InternalIP. */
  readonly address: string;
  /** 0 for any free port. */
  readonly kubeletPort: number;
  readonly kubeletFiles: {
    readonly cert: string | undefined;
    readonly key: string | undefined;
    readonly clientCa: string | undefined;
    /** A folder of the account's own for a certificate that was issued, and its key; without it a restart asks for another one. */
    readonly state: string | undefined;
  };
  /** Whom to ask for the serving certificate when no files are named; undefined: nobody. */
  readonly certificateSigner: string | undefined;
  readonly streamTimeouts: StreamTimeouts;
  readonly operatingSystem: string;
  readonly workers: number;
  /** What this process counts of itself. */
  readonly metrics: KubeletMetrics;
}

/** A backend that does not say what it can do is asked again after this long. */
const capabilitiesRetryMs = 2_000;
/** When the process ends, logs and commands may come to their own end for so long: in all it has 5 s. */
const drainMs = 2_000;
const identityRetryMs = 1_000;
/** Without a provider file and with a sidecar that can't be asked yet, a node still needs numbers. */
const unknownCapacity = { cpu: '0', memory: '0', pods: '0', 'ephemeral-storage': '0' };

/**
 * One virtual node: the kubelet port, the pod controller, the node and its lease, started in that order (a node is Ready only
 * once pods are taken care of) and ended together.
 */
export class VirtualNode {
  readonly #options: VirtualNodeOptions;
  #backendTrouble: () => string | undefined = () => undefined;
  #capabilities: Capabilities | undefined;
  /** Of the node as an earlier run left it. */
  #capacityBefore: Readonly<Record<string, string>> = {};
  #isReady = false;
  readonly #ready = Promise.withResolvers<void>();
  /** NodeRestriction tells this node what it may be called. */
  #isRestricted = false;
  /** What the node's events told last; a node that starts well tells nothing. */
  #toldReach: 'known' | 'unreachable' = 'known';
  #port = 0;
  #toldProblem = '';
  #unreachableSinceMs: number | undefined;

  constructor(options: VirtualNodeOptions) {
    this.#options = { ...options, logger: options.logger.child({ node: options.name }) };
    Object.assign(options.metrics.health, {
      node: () => (this.#isReady ? undefined : 'not registered yet'),
      backend: () => this.#backendTrouble(),
    });
  }

  /** Resolved once the node is registered and its pods are known. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Runs until `signal` aborts. @throws InterLinkError when `startup` aborts before the node is registered */
  async run(signal: AbortSignal, startup: AbortSignal): Promise<void> {
    const { name, logger, metrics } = this.#options;
    const ended = new AbortController();
    const all = AbortSignal.any([signal, ended.signal]);
    const lease = new LeaseController({ client: this.#options.leaseClient, nodeName: name, logger });
    const node = new NodeController({
      client: this.#options.client,
      logger,
      describe: () => this.#describe(),
      health: () => ({
        isReady: this.#isReady,
        isGivenUp: this.#isGivenUp(),
        backendTrouble: this.#backendTrouble(),
      }),
      onRegistered: ({ metadata, status }) => {
        this.#capacityBefore = status?.capacity ?? {};
        lease.setNodeUid(metadata?.uid ?? '');
      },
    });
    const pods = new PodController({
      ...this.#options,
      namespaces: this.#options.settings.namespaces,
      node: this.#facts(),
      capabilities: () => this.#capabilities,
      admission: this.#admission(node),
      podAddresses: podAddresses(this.#options.settings.podRange, [
        this.#options.address,
        ...this.#options.othersAddresses,
      ]),
      onCapabilities: (capabilities) => this.#setCapabilities(capabilities, node, pods),
      onReach: () => {
        this.#tellReach(pods.mirror);
        if (pods.mirror.reach === 'known') this.#unreachableSinceMs = undefined;
        else if (pods.mirror.reach === 'unreachable') this.#unreachableSinceMs ??= performance.now();
        node.notify();
        if (pods.mirror.reach === 'known') void this.#refreshCapabilities(pods, node, all);
      },
    });
    this.#backendTrouble = () => (pods.mirror.reach === 'unreachable' ? pods.mirror.trouble : undefined);
    metrics.pods.follow(pods);
    metrics.backend.follow(() => pods.mirror.reach === 'known');
    const certificate = await this.#loadCertificate();
    const server = await this.#startServer(pods, certificate);
    this.#port = server.port;
    try {
      await this.#askCapabilities(startup);
      this.#isRestricted = await this.#learnIdentity(startup);
      // Before anything is done for pods: whoever comes for their logs must find this process, not the one before.
      await node.register(startup);
      const running = [pods.run(all)];
      await Promise.race([pods.ready, aborted(startup)]);
      startup.throwIfAborted();
      this.#isReady = true;
      this.#ready.resolve();
      running.push(node.run(all), lease.run(all), certificate.run(all));
      await Promise.all(running);
    } catch (error) {
      if (signal.aborted) return;
      throw startup.aborted ? InterLinkError.from(startup.reason) : error;
    } finally {
      ended.abort();
      await server.close({ drainMs: signal.aborted ? drainMs : 0 });
    }
  }

  #admission(node: NodeController): Admission {
    const { name, settings, taints, policy, operatingSystem } = this.#options;
    const standard = { ...standardLabels(name, operatingSystem), ...settings.labels };
    const toSelectable = (found: Node | undefined) => ({ name, labels: { ...standard, ...found?.metadata?.labels } });
    return new Admission({
      operatingSystem: operatingSystem.toLowerCase(),
      taints,
      daemonSetPods: policy.daemonSetPods,
      node: () => toSelectable(node.node),
      readNode: async (signal) => toSelectable(await node.read(signal)),
      offer: () => {
        const capabilities = this.#capabilities;
        if (capabilities === undefined) return undefined;
        // Others may have given the node resources of their own.
        const given = Object.entries(node.node?.status?.allocatable ?? {}).filter(([key]) => key.includes('/'));
        const announced = { ...poolOf(capabilities, this.#options)?.capacity, ...settings.capacity };
        return { capabilities, allocatable: { ...Object.fromEntries(given), ...announced } };
      },
    });
  }

  async #loadCertificate(): Promise<ServingCertificate> {
    const { name: nodeName, address, kubeletFiles, certificateSigner, client, events, logger } = this.#options;
    const request =
      certificateSigner === undefined
        ? undefined
        : {
            signing: kubernetesSigning({ client, nodeName, signerName: certificateSigner, logger }),
            store: new CertificateStore(kubeletFiles.state, logger),
            tell: (type: 'Normal' | 'Warning', reason: string, message: string) =>
              events.record(nodeReference(nodeName), type, reason, message),
          };
    return await loadServingCertificate({
      certFile: kubeletFiles.cert,
      keyFile: kubeletFiles.key,
      nodeName,
      addresses: [address],
      request,
      logger,
    });
  }

  async #startServer(pods: PodController, certificate: ServingCertificate): Promise<KubeletServer> {
    const { name, kubeletPort, kubeletFiles, provider, logger, client, streamTimeouts, metrics } = this.#options;
    return await startKubeletServer({
      host: this.#listenHost(),
      port: kubeletPort,
      nodeName: name,
      certificate,
      clientCa: await loadClientCa({
        file: kubeletFiles.clientCa,
        readPublished: async () => await publishedClientCa(client),
        logger,
      }),
      authorize: createAuthorize({ reviews: kubernetesReviews(client), nodeName: name, logger }),
      pods,
      logs: async (uid, container, options, signal) => await provider.logs(uid, container, options, signal),
      streamTimeouts,
      streams: provider,
      metrics: this.#metricsSource(pods),
      requests: metrics.http,
      logger,
    });
  }

  #listenHost(): string {
    const { address } = this.#options;
    return address.startsWith('127.') ? address : '0.0.0.0';
  }

  #metricsSource(pods: PodController): MetricsSource {
    const { name, provider, metrics } = this.#options;
    const reader = new UsageReader({ provider, pods, own: ownUsage });
    return {
      nodeName: name,
      readUsage: async () => await reader.read(),
      readOwn: async () => await metrics.registry.metrics(),
      capacity: () => this.#capacity(),
      configuration: () => this.#configuration(),
      health: metrics.health,
    };
  }

  #configuration(): object {
    const { kubeletFiles: files, certificateSigner, streamTimeouts, taints } = this.#options;
    const asksForCertificate = certificateSigner !== undefined && files.cert === undefined;
    const maxPods = Number(this.#capacity().pods);
    return toKubeletConfiguration({
      address: this.#listenHost(),
      port: this.#port,
      files,
      asksForCertificate,
      streamTimeouts,
      taints,
      maxPods,
    });
  }

  #describe(): NodeDescription {
    const { name, settings, taints, address, operatingSystem } = this.#options;
    const backend = this.#capabilities?.backend;
    return {
      name,
      labels: { ...this.#poolLabels(), ...settings.labels },
      isRestricted: this.#isRestricted,
      taints,
      capacity: this.#capacity(),
      internalIP: address,
      kubeletPort: this.#port,
      operatingSystem,
      containerRuntimeVersion: backend === undefined ? 'interlink://unknown' : `${backend.kind}://${backend.version}`,
    };
  }

  /** Asks until the API answers. */
  async #learnIdentity(signal: AbortSignal): Promise<boolean> {
    const { client, name, logger, settings } = this.#options;
    for (;;) {
      try {
        const isRestricted = await isNodeIdentity(client, name, signal);
        const labels = isRestricted ? Object.keys(settings.labels).filter((key) => !mayLabelItself(key)) : [];
        if (labels.length > 0)
          logger.warn({ labels }, 'labels that NodeRestriction lets no node give itself are left out');
        return isRestricted;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof InterLinkError) throw error;
        logger.warn({ err: error }, 'the Kubernetes API does not say yet who this is');
        await sleep(identityRetryMs, signal);
      }
    }
  }

  /** The provider file's word, then the sidecar's; until that can be asked, what the node had. */
  #capacity(): Record<string, string> {
    const { settings } = this.#options;
    const capabilities = this.#capabilities;
    const announced = capabilities === undefined ? this.#capacityBefore : poolOf(capabilities, this.#options)?.capacity;
    return { ...unknownCapacity, ...announced, ...settings.capacity };
  }

  /** For the downward API; the capacity may become known, or change, later. */
  #facts(): NodeFacts {
    const { name, address } = this.#options;
    const capacity = () => this.#capacity();
    return {
      name,
      hostIP: address,
      hostIPs: [address],
      get allocatable() {
        return capacity();
      },
    };
  }

  async #askCapabilities(signal: AbortSignal): Promise<boolean> {
    try {
      this.#keepCapabilities(await this.#options.provider.capabilities(signal));
      return true;
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the backend’s capabilities are not known yet');
      return false;
    }
  }

  /** When the backend has come within reach: for the first time, or as another. Asks until it answers or is out of reach again. */
  async #refreshCapabilities(pods: PodController, node: NodeController, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && pods.mirror.reach === 'known') {
      if (await this.#askCapabilities(signal)) {
        pods.rejudge();
        return node.notify();
      }
      await sleep(capabilitiesRetryMs, signal);
    }
  }

  /** As much of it as the Kubernetes API takes, and the administrator. */
  #keepCapabilities(told: Capabilities): void {
    const { capabilities, problems } = checkCapabilities(told, this.#options.policy.limits);
    const problem = problems.slice(0, 16).join(', ');
    if (problem !== '' && problem !== this.#toldProblem)
      this.#options.logger.warn({ leftOut: problem }, 'the backend announces what is not taken from it');
    this.#toldProblem = problem;
    this.#capabilities = capabilities;
    const { name, pool, logger } = this.#options;
    if (poolOf(capabilities, { name, pool }) !== undefined) return;
    const pools = capabilities.pools.map((known) => known.name);
    logger.warn({ pool, pools }, 'the backend has no such pool: the node has no capacity of it');
  }

  #setCapabilities(capabilities: Capabilities, node: NodeController, pods: PodController): void {
    this.#keepCapabilities(capabilities);
    pods.rejudge();
    node.notify();
  }

  #poolLabels(): Readonly<Record<string, string>> | undefined {
    return this.#capabilities === undefined ? undefined : poolOf(this.#capabilities, this.#options)?.labels;
  }

  #isGivenUp(): boolean {
    const { notReadyAfterMs } = this.#options.policy;
    const since = this.#unreachableSinceMs;
    return notReadyAfterMs !== undefined && since !== undefined && performance.now() - since >= notReadyAfterMs;
  }

  #tellReach({ reach, trouble }: PodController['mirror']): void {
    if (reach === 'unknown' || reach === this.#toldReach) return;
    this.#toldReach = reach;
    const { events, name } = this.#options;
    const isReachable = reach === 'known';
    const message = isReachable ? 'The backend is within reach' : `The backend is out of reach: ${trouble}`;
    events.record(
      nodeReference(name),
      isReachable ? 'Normal' : 'Warning',
      isReachable ? 'BackendReachable' : 'BackendUnreachable',
      message,
    );
  }
}
