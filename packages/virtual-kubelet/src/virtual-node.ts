import type { Node } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { aborted, sleep } from '@interlink/service-kit';
import { Admission } from './admission/admission.ts';
import { KubeconfigDelivery } from './kubeconfig/kubeconfig-delivery.ts';
import { toKubeletConfiguration } from './kubelet-api/kubelet-configuration.ts';
import type { MetricsSource } from './kubelet-api/metrics-handler.ts';
import { listenHost, loadNodeCertificate, openKubeletPort } from './kubelet-port.ts';
import { BackendReach } from './node/backend-reach.ts';
import { learnIdentity } from './node/learn-identity.ts';
import { LeaseController } from './node/lease-controller.ts';
import { NodeCapabilities } from './node/node-capabilities.ts';
import { NodeController } from './node/node-controller.ts';
import { type NodeDescription, standardLabels } from './node/node-object.ts';
import { TokenNews } from './node/token-news.ts';
import { PodController } from './pods/pod-controller.ts';
import type { NodeFacts } from './resolve/node-facts.ts';
import { ownUsage } from './stats/own-usage.ts';
import { UsageReader } from './stats/usage-reader.ts';
import { podAddresses } from './trust/pod-addresses.ts';
import type { VirtualNodeOptions } from './virtual-node-options.ts';

export type { VirtualNodeOptions } from './virtual-node-options.ts';

/** A backend that does not say what it can do is asked again after this long. */
const capabilitiesRetryMs = 2_000;
/** When the process ends, logs and commands may come to their own end for so long: in all it has 5 s. */
const drainMs = 2_000;

/**
 * One virtual node: the kubelet port, the node with its address, the pods, then the node's status and lease, started in that order (a
 * node is Ready only once pods are taken care of) and ended together.
 */
export class VirtualNode {
  readonly #options: VirtualNodeOptions;
  readonly #capabilities: NodeCapabilities;
  #backendTrouble: () => string | undefined = () => undefined;
  #isReady = false;
  readonly #ready = Promise.withResolvers<void>();
  /** NodeRestriction tells this node what it may be called. */
  #isRestricted = false;
  #port = 0;

  constructor(options: VirtualNodeOptions) {
    this.#options = { ...options, logger: options.logger.child({ node: options.name }) };
    this.#capabilities = new NodeCapabilities(this.#options);
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
    const reach = new BackendReach({ ...this.#options, notReadyAfterMs: this.#options.policy.notReadyAfterMs });
    const kubeconfig = this.#kubeconfig(() => pods.mirror.reach === 'known');
    const token = new TokenNews(this.#options);
    const node = new NodeController({
      client: this.#options.client,
      logger,
      describe: () => this.#describe(),
      health: () => ({
        isReady: this.#isReady,
        isGivenUp: reach.isGivenUp(),
        backendTrouble: this.#backendTrouble(),
        tokenTrouble: token.warning,
        requestTrouble: this.#options.requestNews?.trouble,
      }),
      onRegistered: ({ metadata, status }) => {
        this.#capabilities.noteBefore(status?.capacity ?? {});
        lease.setNodeUid(metadata?.uid ?? '');
      },
    });
    const pods = new PodController({
      ...this.#options,
      namespaces: this.#options.settings.namespaces,
      node: this.#facts(),
      capabilities: () => this.#capabilities.current,
      admission: this.#admission(node),
      podAddresses: podAddresses(this.#options.settings.podRange, [
        this.#options.address,
        ...this.#options.othersAddresses,
      ]),
      onCapabilities: (capabilities) => {
        this.#capabilities.take(capabilities);
        pods.rejudge();
        node.notify();
        kubeconfig?.notify();
      },
      onReach: () => {
        reach.take(pods.mirror);
        node.notify();
        if (pods.mirror.reach !== 'known') return;
        void this.#refreshCapabilities(pods, node, all).then(() => kubeconfig?.deliverAgain());
      },
    });
    this.#backendTrouble = () => {
      const { reach, trouble } = pods.mirror;
      if (token.failure !== undefined || reach === 'known') return token.failure;
      return reach === 'unreachable' ? trouble : this.#capabilities.tokenMissing;
    };
    const onToken = () => {
      token.take();
      node.notify();
    };
    this.#options.tokenRenewal?.onChange(onToken, all);
    token.take();
    metrics.pods.follow(pods);
    metrics.backend.follow(() => pods.mirror.reach === 'known');
    const certificate = await loadNodeCertificate(this.#options);
    const metricsSource = this.#metricsSource(pods);
    const server = await openKubeletPort(this.#options, { pods, certificate, metrics: metricsSource });
    this.#port = server.port;
    try {
      await this.#capabilities.ask(startup);
      this.#isRestricted = await learnIdentity(this.#options, startup);
      // Before anything is done for pods: whoever comes for their logs must find this process, not the one before.
      await node.register(startup);
      const running = [pods.run(all)];
      await Promise.race([pods.ready, aborted(startup)]);
      startup.throwIfAborted();
      this.#isReady = true;
      this.#ready.resolve();
      running.push(node.run(all), lease.run(all), certificate.run(all));
      if (kubeconfig !== undefined) running.push(kubeconfig.run(all));
      await Promise.all(running);
    } catch (error) {
      if (signal.aborted) return;
      throw startup.aborted ? InterLinkError.from(startup.reason) : error;
    } finally {
      ended.abort();
      await server.close({ drainMs: signal.aborted ? drainMs : 0 });
    }
  }

  #kubeconfig(isInReach: () => boolean): KubeconfigDelivery | undefined {
    const { kubeconfig: plan } = this.#options;
    const capabilities = () => (isInReach() ? this.#capabilities.current : undefined);
    return plan === undefined ? undefined : new KubeconfigDelivery({ ...this.#options, plan, capabilities });
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
        const { current: capabilities, pool } = this.#capabilities;
        if (capabilities === undefined) return undefined;
        // Others may have given the node resources of their own.
        const given = Object.entries(node.node?.status?.allocatable ?? {}).filter(([key]) => key.includes('/'));
        const announced = { ...pool?.capacity, ...settings.capacity };
        return { capabilities, allocatable: { ...Object.fromEntries(given), ...announced } };
      },
    });
  }

  #metricsSource(pods: PodController): MetricsSource {
    const { name, provider, metrics } = this.#options;
    const reader = new UsageReader({ provider, pods, own: ownUsage });
    return {
      nodeName: name,
      readUsage: async () => await reader.read(),
      readOwn: async () => await metrics.registry.metrics(),
      capacity: () => this.#capabilities.capacity,
      configuration: () => this.#configuration(),
      health: metrics.health,
    };
  }

  #configuration(): object {
    const { kubeletFiles: files, certificateSigner, streamTimeouts, taints } = this.#options;
    const asksForCertificate = certificateSigner !== undefined && files.cert === undefined;
    const maxPods = Number(this.#capabilities.capacity.pods);
    return toKubeletConfiguration({
      address: listenHost(this.#options.address),
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
    const { current, pool, capacity } = this.#capabilities;
    const backend = current?.backend;
    return {
      name,
      labels: { ...pool?.labels, ...settings.labels },
      isRestricted: this.#isRestricted,
      taints,
      poolTaints: pool?.taints,
      capacity,
      internalIP: address,
      kubeletPort: this.#port,
      operatingSystem,
      containerRuntimeVersion: backend === undefined ? 'interlink://unknown' : `${backend.kind}://${backend.version}`,
    };
  }

  /** For the downward API; the capacity may become known, or change, later. */
  #facts(): NodeFacts {
    const { name, address } = this.#options;
    const capabilities = this.#capabilities;
    return {
      name,
      hostIP: address,
      hostIPs: [address],
      get allocatable() {
        return capabilities.capacity;
      },
    };
  }

  /** When the backend has come within reach: for the first time, or as another. Asks until it answers or is out of reach again. */
  async #refreshCapabilities(pods: PodController, node: NodeController, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && pods.mirror.reach === 'known') {
      if (await this.#capabilities.ask(signal)) {
        pods.rejudge();
        return node.notify();
      }
      await sleep(capabilitiesRetryMs, signal);
    }
  }
}
