import type { ClusterAccess } from '@interlink/kube';
import type { InterLinkConfig } from '@interlink/service-kit';

/** The Lease by which replicas take turns. */
export interface Election {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Whether and by which Lease this process takes turns with others that serve the same nodes. In a pod it does unless told otherwise: a
 * rolling update runs two of them for a while. Undefined: it is alone.
 */
export function planElection(
  config: Pick<InterLinkConfig, `LeaderElection.${'Enabled' | 'Namespace' | 'Name'}`>,
  access: Pick<ClusterAccess, 'isInCluster' | 'namespace'>,
  firstNode: string,
): Election | undefined {
  if (!(config['LeaderElection.Enabled'] ?? access.isInCluster === true)) return undefined;
  return {
    namespace: config['LeaderElection.Namespace'] ?? access.namespace ?? 'default',
    name: config['LeaderElection.Name'] ?? `interlink-vk-${firstNode}`,
  };
}
