import { type ClusterAccess, type KubeClientOptions, loadClusterAccess } from '@interlink/kube';
import { type Fence, HttpTarget, type HttpTargetOptions } from '@interlink/protocol';
import {
  aborted,
  createLogger,
  type InterLinkConfig,
  interLinkUrl,
  keepOldGenerationSmall,
  keepYoungGenerationSmall,
  type Logger,
  loadInterLinkConfig,
  startTracing,
  type Tracer,
  tlsFileNames,
  traceHeaders,
} from '@interlink/service-kit';
import { clusterId } from './cluster-id.ts';
import { defaultTaint } from './config/default-taint.ts';
import { defaultCsrSignerName } from './config/kubelet-settings.ts';
import { parseMetricsAddress } from './config/metrics-address.ts';
import { type NodePolicy, nodePolicy } from './config/node-policy.ts';
import { apiServerAddress } from './config/own-address.ts';
import { planNodes } from './config/plan-nodes.ts';
import { stateDirectory } from './config/state-directory.ts';
import type { PlannedNode } from './config/virtual-nodes.ts';
import { type InterLinkToken, interLinkToken } from './credentials/interlink-token.ts';
import { InterLinkLink } from './interlink/interlink-link.ts';
import { InterLinkProvider } from './interlink/interlink-provider.ts';
import { interLinkTls } from './interlink-tls.ts';
import { type KubeconfigPlan, planKubeconfig } from './kubeconfig/kubeconfig-plan.ts';
import { planElection } from './leadership/plan-election.ts';
import { whileLeading } from './leadership/while-leading.ts';
import { KubeletMetrics } from './metrics/kubelet-metrics.ts';
import { startMetricsListener } from './metrics/metrics-listener.ts';
import { RequestNews } from './node/request-news.ts';
import { runVirtualNodes } from './run-virtual-nodes.ts';
import { startupSignal } from './startup-signal.ts';
import { defaultStreamTimeouts } from './streaming/stream-timeouts.ts';
import { VirtualNode } from './virtual-node.ts';
import { type SharedParts, withSharedParts } from './with-shared-parts.ts';

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
  /** Without effect, told by a warning: changes are pushed, and what is missed is found by the watches themselves. */
  readonly fullResyncPeriod?: number | undefined;
  /** Without effect, told by a warning: the backend resolves names. */
  readonly clusterDomain?: string | undefined;
  /** Where to tell of this process without a token: `host:port` or `:port`; undefined: nowhere. */
  readonly metricsAddr?: string | undefined;
}

const stopTimeoutMs = 4_500;
const defaults = { workers: 64, os: 'Linux' };

/** A whole virtual kubelet process but for `process.exit`. Runs until the signal aborts. @throws InterLinkError when it can't start */
export async function runVirtualKubelet(
  flags: VirtualKubeletFlags,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  keepYoungGenerationSmall();
  keepOldGenerationSmall();
  const { config, file, warnings } = await loadInterLinkConfig(env);
  const logger = createLogger('vk', flags.logLevel ?? config.LogLevel);
  for (const warning of warnings) logger.warn(warning);
  for (const warning of flagWarnings(flags)) logger.warn(warning);
  const metricsUrl = flags.metricsAddr === undefined ? undefined : parseMetricsAddress(flags.metricsAddr);
  const policy = nodePolicy(config);
  const planned = await planNodes({ flags, env, virtualNodes: config.VirtualNodes });
  for (const warning of new Set(planned.flatMap(({ settings }) => settings.warnings))) logger.warn(warning);
  const tls = await interLinkTls(config, planned[0]?.settings.interLink ?? {}, logger);
  const access = await loadClusterAccess({
    env,
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  });
  const election = planElection(config, access, planned[0]?.name ?? '');
  const nodes = planned.map((node) => ({ ...node, metrics: new KubeletMetrics(node.name) }));
  // Whoever waits for its turn is well: a rolling update waits until it says so.
  if (election !== undefined) for (const { metrics } of nodes) metrics.health.node = () => undefined;
  const tracer = await startTracing('interlink-vk', logger, env);
  const token = await interLinkToken(config, logger, access.namespace);
  const kubeconfig = planKubeconfig(config, access);
  const parts = { flags, env, config, token, kubeconfig, policy, file, logger, nodes, access, tls, tracer };
  const listener = await listenForMetrics(nodes, metricsUrl, logger);
  try {
    const work = whileLeading({ access, election, logger }, signal, async (fence, turn) => {
      await serveNodes({ ...parts, fence }, turn);
    });
    await Promise.race([work, isOverdue(signal)]);
  } finally {
    await Promise.allSettled([listener?.close(), tracer?.close()]);
  }
  logger.info('stopped');
}

/** Of several nodes, the first one's: all have the counts of the process, each those of its own pods. */
async function listenForMetrics(
  [first]: ProcessParts['nodes'],
  url: string | undefined,
  logger: Logger,
): Promise<{ close(): Promise<void> } | undefined> {
  if (first === undefined || url === undefined) return undefined;
  const { registry, health: readiness } = first.metrics;
  return await startMetricsListener({ url, registry, readiness, logger });
}

function flagWarnings({ fullResyncPeriod, clusterDomain }: VirtualKubeletFlags): string[] {
  return [
    ...(fullResyncPeriod === undefined ? [] : ['--full-resync-period has no effect: changes are pushed']),
    ...(clusterDomain === undefined ? [] : ['--cluster-domain has no effect: the backend resolves names']),
  ];
}

/** Whatever still has not ended this long after the signal is left to the end of the process. */
async function isOverdue(signal: AbortSignal): Promise<void> {
  await aborted(signal);
  await new Promise<void>((resolve) => setTimeout(resolve, stopTimeoutMs).unref());
}

interface ProcessParts {
  readonly flags: VirtualKubeletFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly config: InterLinkConfig;
  readonly token: InterLinkToken;
  readonly kubeconfig: KubeconfigPlan;
  readonly policy: NodePolicy;
  readonly file: string | undefined;
  readonly logger: Logger;
  readonly nodes: ReadonlyArray<PlannedNode & { readonly metrics: KubeletMetrics }>;
  readonly access: ClusterAccess;
  /** What InterLink is reached with, where its address is https://. */
  readonly tls: HttpTargetOptions['tls'];
  readonly tracer: Tracer | undefined;
  /** What all requests stand behind, when several processes take turns. */
  readonly fence: Fence | undefined;
}

async function serveNodes(parts: ProcessParts, signal: AbortSignal): Promise<void> {
  const { flags, env, config, token, file, logger, access, fence, tls, tracer } = parts;
  const { renewal } = token;
  const requestNews = new RequestNews();
  const target = new HttpTarget({
    url: interLinkUrl(config),
    token: async () => await token.current(),
    onUnauthenticated: () => renewal?.refused(),
    onReach: (trouble) => requestNews.take(trouble),
    tls,
    fence,
    headers: traceHeaders,
  });
  const link = new InterLinkLink(target, logger, signal, config['V1.SettleSeconds'] * 1_000);
  const names = parts.nodes.map(({ name }) => name);
  logger.info({ nodes: names, interLink: target.url, configuration: file ?? 'defaults and environment' }, 'starting');
  const check = fence === undefined ? undefined : () => fence.check();
  const serve = async ({ events, ...shared }: SharedParts) => {
    const startup = startupSignal(signal, flags.startupTimeoutMs);
    const cluster = config.ClusterID ?? (await clusterId(shared.client, logger, startup));
    const common = {
      ...shared,
      tracer,
      policy: parts.policy,
      kubeconfig: parts.kubeconfig,
      othersAddresses: [apiServerAddress(access.server)],
      streamTimeouts: {
        idleTimeoutMs: flags.streamIdleTimeoutMs ?? defaultStreamTimeouts.idleTimeoutMs,
        creationTimeoutMs: flags.streamCreationTimeoutMs ?? defaultStreamTimeouts.creationTimeoutMs,
      },
      operatingSystem: flags.os ?? defaults.os,
      workers: flags.podSyncWorkers ?? defaults.workers,
    };
    const nodes = parts.nodes.map((node) => ({
      name: node.name,
      create: () =>
        new VirtualNode({
          ...common,
          ...node,
          ...certificateOf(node, env, cluster),
          taints: flags.disableTaint === true ? [] : [...node.settings.taints, defaultTaint(env)],
          events: events.forHost(node.name),
          provider: new InterLinkProvider(link, { cluster, node: node.name }, shownTo(config, token.source)),
          tokenRenewal: renewal,
          requestNews,
          logger,
        }),
    }));
    await runVirtualNodes({ nodes, logger, startup }, signal);
  };
  const ended = new AbortController();
  const renewing = renewal?.run(AbortSignal.any([signal, ended.signal]));
  try {
    const onRequest: KubeClientOptions['onRequest'] = (...told) => {
      for (const { metrics } of parts.nodes) metrics.restClient(...told);
    };
    // The provider file's, and so the same for all nodes.
    const namespaces = parts.nodes[0]?.settings.namespaces;
    await withSharedParts({ access, logger, host: names[0] ?? '', namespaces, check, onRequest }, signal, serve);
  } finally {
    ended.abort();
    await Promise.all([target.close(), renewing]);
  }
}

/** What InterLink knows this process by, in words. */
function shownTo(config: InterLinkConfig, tokenSource: string): string {
  const { certFile } = tlsFileNames(config);
  const token = `the token of ${tokenSource}`;
  const hasCertificate = certFile !== undefined && interLinkUrl(config).startsWith('https:');
  return hasCertificate ? `the client certificate in ${certFile}, nor ${token}` : token;
}

function certificateOf({ name, settings }: PlannedNode, env: NodeJS.ProcessEnv, cluster: string) {
  const { kubelet } = settings;
  return {
    kubeletFiles: {
      cert: env.APISERVER_CERT_LOCATION ?? kubelet.certFile,
      key: env.APISERVER_KEY_LOCATION ?? kubelet.keyFile,
      clientCa: env.APISERVER_CA_CERT_LOCATION,
      state: stateDirectory(env, { cluster, node: name }),
    },
    certificateSigner: kubelet.disableCsr === true ? undefined : (kubelet.csrSignerName ?? defaultCsrSignerName),
  };
}
