import { EventRecorder, KubeClient, loadClusterAccess, namespaces } from '@interlink/kube';
import { HttpTarget, InterLinkError, type Owner, PodClient } from '@interlink/protocol';
import {
  accountToken,
  createLogger,
  type InterLinkConfig,
  interLinkUrl,
  type Logger,
  loadInterLinkConfig,
  TokenFile,
} from '@interlink/service-kit';
import { defaultTaint } from './config/default-taint.ts';
import { defaultCsrSignerName } from './config/kubelet-settings.ts';
import { parseMetricsAddress } from './config/metrics-address.ts';
import { nodePolicy } from './config/node-policy.ts';
import { apiServerAddress, ownAddress } from './config/own-address.ts';
import { loadProviderFile } from './config/provider-file.ts';
import { stateDirectory } from './config/state-directory.ts';
import { KubeletMetrics } from './metrics/kubelet-metrics.ts';
import { startMetricsListener } from './metrics/metrics-listener.ts';
import { defaultStreamTimeouts } from './streaming/stream-timeouts.ts';
import { VirtualNode } from './virtual-node.ts';

/** The flags of `vk`; what a flag leaves out comes from the environment, the InterLink file or a default. */
export interface VirtualKubeletFlags {
  readonly nodename?: string | undefined;
  readonly providerConfig?: string | undefined;
  readonly kubeconfig?: string | undefined;
  /** Milliseconds until a node that is not registered is a failure; undefined: try for ever. */
  readonly startupTimeoutMs?: number | undefined;
  /** Milliseconds that exec, attach and port-forward may carry nothing, and that their streams may take to be opened. */
  readonly streamIdleTimeoutMs?: number | undefined;
  readonly streamCreationTimeoutMs?: number | undefined;
  readonly logLevel?: string | undefined;
  readonly port?: number | undefined;
  readonly podSyncWorkers?: number | undefined;
  readonly disableTaint?: boolean | undefined;
  readonly os?: string | undefined;
  /** Where to tell of this process without a token: `host:port` or `:port`; undefined: nowhere. */
  readonly metricsAddr?: string | undefined;
}

const defaults = { nodeName: 'virtual-kubelet', port: 10250, workers: 64, os: 'Linux' };

/** A whole virtual kubelet process but for `process.exit`. Runs until the signal aborts. @throws InterLinkError when it can't start */
export async function runVirtualKubelet(
  flags: VirtualKubeletFlags,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { config, file, warnings } = await loadInterLinkConfig(env);
  const logger = createLogger('vk', flags.logLevel ?? config.LogLevel);
  for (const warning of warnings) logger.warn(warning);
  const nodeName = flags.nodename ?? env.NODENAME ?? env.DEFAULT_NODE_NAME ?? defaults.nodeName;
  const metricsUrl = flags.metricsAddr === undefined ? undefined : parseMetricsAddress(flags.metricsAddr);
  const settings = await loadProviderFile(flags.providerConfig ?? env.VK_CONFIG_PATH ?? env.CONFIGPATH, nodeName);
  for (const warning of settings.warnings) logger.warn(warning);
  const access = await loadClusterAccess({
    env,
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  });
  const metrics = new KubeletMetrics(nodeName);
  const onRequest = metrics.restClient;
  const client = new KubeClient(access, { userAgent: 'interlink-vk', connections: 64, onRequest });
  const leaseOptions = { userAgent: 'interlink-vk-lease', connections: 1, timeoutMs: 10_000, onRequest };
  const leaseClient = new KubeClient(access, leaseOptions);
  const events = new EventRecorder({
    client,
    component: 'kubelet',
    host: nodeName,
    onTrouble: (err) => logger.debug({ err }, 'event not written'),
  });
  const target = new HttpTarget({ url: interLinkUrl(config), token: await interLinkToken(config) });
  logger.info({ node: nodeName, interLink: target.url, configuration: file ?? 'defaults and environment' }, 'starting');
  const { registry, health: readiness } = metrics;
  const listener =
    metricsUrl === undefined ? undefined : await startMetricsListener({ url: metricsUrl, registry, readiness, logger });
  try {
    const startup = startupSignal(signal, flags.startupTimeoutMs);
    const owner: Owner = { cluster: config.ClusterID ?? (await clusterId(client, logger, startup)), node: nodeName };
    const { kubelet } = settings;
    const node = new VirtualNode({
      client,
      leaseClient,
      events,
      provider: new PodClient(target, owner),
      logger,
      name: nodeName,
      settings,
      taints: flags.disableTaint === true ? [] : [...settings.taints, defaultTaint(env)],
      policy: nodePolicy(config),
      othersAddresses: [apiServerAddress(access.server)],
      address: ownAddress(env),
      kubeletPort: flags.port ?? portOf(env.KUBELET_PORT),
      kubeletFiles: {
        cert: env.APISERVER_CERT_LOCATION ?? kubelet.certFile,
        key: env.APISERVER_KEY_LOCATION ?? kubelet.keyFile,
        clientCa: env.APISERVER_CA_CERT_LOCATION,
        state: stateDirectory(env, owner),
      },
      certificateSigner: kubelet.disableCsr === true ? undefined : (kubelet.csrSignerName ?? defaultCsrSignerName),
      streamTimeouts: {
        idleTimeoutMs: flags.streamIdleTimeoutMs ?? defaultStreamTimeouts.idleTimeoutMs,
        creationTimeoutMs: flags.streamCreationTimeoutMs ?? defaultStreamTimeouts.creationTimeoutMs,
      },
      operatingSystem: flags.os ?? defaults.os,
      workers: flags.podSyncWorkers ?? defaults.workers,
      metrics,
    });
    await node.run(signal, startup);
  } finally {
    await Promise.allSettled([listener?.close(), client.close(), leaseClient.close(), target.close()]);
  }
  logger.info('stopped');
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return defaults.port;
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new InterLinkError('invalid_argument', `$KUBELET_PORT is ${JSON.stringify(text)}: a port number is wanted`);
}

/** `VKTokenFile` when it is set, else the account's token, which InterLink under the same account finds as well. */
async function interLinkToken(config: InterLinkConfig): Promise<() => Promise<string>> {
  const file = config.VKTokenFile === undefined ? await accountToken(config) : new TokenFile(config.VKTokenFile);
  return () => file.current();
}

/** The UID of kube-system: what every cluster has and no two clusters share. */
async function clusterId(client: KubeClient, logger: Logger, signal: AbortSignal): Promise<string> {
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      const { metadata } = await client.get(namespaces, { name: 'kube-system' }, { signal });
      return metadata?.uid ?? 'unknown';
    } catch (error) {
      if (signal.aborted) throw startupFailure(signal, error);
      logger.warn({ err: error }, 'cannot read the namespace kube-system yet');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (signal.aborted) throw startupFailure(signal, error);
    }
  }
}

function startupFailure(signal: AbortSignal, last: unknown): InterLinkError {
  const { message } = InterLinkError.from(last);
  return new InterLinkError('deadline_exceeded', `${InterLinkError.from(signal.reason).message}: ${message}`);
}

/** Aborts with the process, or when the start takes longer than `--startup-timeout`. */
function startupSignal(signal: AbortSignal, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return signal;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new InterLinkError(
        'deadline_exceeded',
        `The node did not start within ${timeoutMs / 1_000} s (--startup-timeout)`,
      ),
    );
  }, timeoutMs);
  timer.unref();
  return AbortSignal.any([signal, controller.signal]);
}
