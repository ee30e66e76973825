import { loadClusterAccess } from '@interlink/kube';
import { createLogger } from '@interlink/service-kit';
import { defaultTaint } from './config/default-taint.ts';
import { defaultCsrSignerName } from './config/kubelet-settings.ts';
import { defaultNodePolicy } from './config/node-policy.ts';
import { apiServerAddress, ownAddress } from './config/own-address.ts';
import type { NodeSettings } from './config/provider-file.ts';
import { KubeletMetrics } from './metrics/kubelet-metrics.ts';
import type { Provider } from './provider.ts';
import { defaultStreamTimeouts } from './streaming/stream-timeouts.ts';
import { VirtualNode } from './virtual-node.ts';
import { withSharedParts } from './with-shared-parts.ts';

export interface RunProviderOptions {
  readonly nodeName: string;
  /** Default: `$KUBECONFIG`, `~/.kube/config`, or the pod's service account. */
  readonly kubeconfig?: string | undefined;
  /** Where the Kubernetes API reaches the kubelet port. Default: `$POD_IP`, or this machine's first address. */
  readonly address?: string | undefined;
  /** Default 10250; 0 for any free port. */
  readonly kubeletPort?: number | undefined;
  /** What the node has beside what the provider's capabilities say. */
  readonly settings?: Partial<Pick<NodeSettings, 'capacity' | 'labels' | 'taints'>> | undefined;
  /** A folder of the account's own in which the kubelet port's certificate outlives a restart. Default: none. */
  readonly stateDirectory?: string | undefined;
  /** Default `info`. */
  readonly logLevel?: string | undefined;
}

const defaultKubeletPort = 10_250;
const workers = 64;

/**
 * Makes a provider a node of a cluster: registers it, runs its pods, serves its kubelet port. Returns when the signal aborts and all is
 * wound up. @throws InterLinkError when the cluster can't be found or the port can't be opened
 */
export async function runProvider(provider: Provider, options: RunProviderOptions, signal: AbortSignal): Promise<void> {
  const { nodeName, kubeconfig, settings, kubeletPort = defaultKubeletPort, logLevel = 'info' } = options;
  const logger = createLogger('vk', logLevel);
  const access = await loadClusterAccess({ kubeconfig });
  const metrics = new KubeletMetrics(nodeName);
  const onRequest = metrics.restClient;
  await withSharedParts({ access, logger, host: nodeName, onRequest }, signal, async (parts) => {
    const node = new VirtualNode({
      ...parts,
      provider,
      logger,
      name: nodeName,
      pool: undefined,
      settings: { capacity: {}, labels: {}, kubelet: {}, warnings: [], taints: [defaultTaint({})], ...settings },
      taints: settings?.taints ?? [defaultTaint({})],
      policy: defaultNodePolicy,
      othersAddresses: [apiServerAddress(access.server)],
      address: options.address ?? ownAddress(process.env),
      kubeletPort,
      kubeletFiles: { cert: undefined, key: undefined, clientCa: undefined, state: options.stateDirectory },
      certificateSigner: defaultCsrSignerName,
      streamTimeouts: defaultStreamTimeouts,
      operatingSystem: 'Linux',
      workers,
      metrics,
    });
    await node.run(signal, signal);
  });
}
