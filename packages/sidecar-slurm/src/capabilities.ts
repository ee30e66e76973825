import type { Capabilities } from '@interlink/sidecar-sdk';
import type { ClusterState } from './cluster/cluster-view.ts';
import { toPools } from './cluster/pools.ts';
import type { SlurmSite } from './site/slurm-site.ts';

/**
 * What this sidecar can do, and how much of it there is.
 * @param diskBytes the size of the file system that pods' folders are on
 * @param announced capacity by the administrator's own word
 */
export function toCapabilities(
  state: ClusterState,
  site: SlurmSite,
  diskBytes: bigint,
  announced?: Readonly<Record<string, string>>,
): Capabilities {
  return {
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'slurm', version: state.settings.version },
    verbs: [
      'create',
      'delete',
      'list',
      'watch',
      'log',
      'exec',
      'attach',
      'portForward',
      'updateVolumes',
      'stats',
      'render',
      'rendering',
    ],
    volumeTypes: [
      ...(['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'] as const),
      ...(site.hostPaths.allowed.length === 0 ? [] : (['hostPath'] as const)),
      ...(site.claims.size === 0 ? [] : (['persistentVolumeClaim'] as const)),
    ],
    queues: true,
    enforcesDeadline: true,
    pools: toPools(state, site, diskBytes, announced),
    warnings: [
      'pods share the network of the compute node that they run on: ports can clash',
      'processes run as the account of the sidecar, whatever user an image or a pod names',
    ],
  };
}
