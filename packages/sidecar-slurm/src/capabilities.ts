import type { Capabilities } from '@interlink/sidecar-sdk';
import type { ClusterState } from './cluster/cluster-view.ts';
import { isGpu } from './cluster/partition-limits.ts';
import type { SlurmSite } from './site/slurm-site.ts';
import type { Partition, SlurmNode } from './slurm/cluster.ts';

const bytesPerMiB = 1_048_576;
/** Cards whose names say that they are AMD's; all others are taken for NVIDIA's, as nearly all are. */
const amdTypes = /^(mi\d|gfx|amd|instinct)/i;

/** What this sidecar can do, and what each partition of the cluster has in all: a queue takes more than is free now. */
export function toCapabilities({ settings, nodes, partitions }: ClusterState, site: SlurmSite): Capabilities {
  return {
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'slurm', version: settings.version },
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
    ],
    volumeTypes: [
      ...(['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'] as const),
      ...(site.hostPaths.allowed.length === 0 ? [] : (['hostPath'] as const)),
      ...(site.claims.size === 0 ? [] : (['persistentVolumeClaim'] as const)),
    ],
    queues: true,
    enforcesDeadline: true,
    // A virtual node that names none takes the first.
    pools: partitions
      .toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))
      .map((partition) => toPool(partition, nodes, settings.maxJobCount)),
    warnings: [
      'pods share the network of the compute node that they run on: ports can clash',
      'processes run as the account of the sidecar, whatever user an image or a pod names',
    ],
  };
}

function toPool(partition: Partition, nodes: ReadonlyArray<SlurmNode>, maxJobs: number): Capabilities['pools'][number] {
  const own = nodes.filter((node) => node.partitions.includes(partition.name) && !isAway(node));
  const sum = (of: (node: SlurmNode) => number) => own.reduce((total, node) => total + of(node), 0);
  const gpus = own.flatMap(({ gres }) => gres.filter(isGpu));
  const amd = gpus.filter(({ type = '' }) => amdTypes.test(type)).reduce((total, { count }) => total + count, 0);
  const nvidia = gpus.reduce((total, { count }) => total + count, 0) - amd;
  const features = [...new Set(own.flatMap((node) => node.features))].toSorted();
  return {
    name: partition.name,
    capacity: {
      cpu: String(sum(({ cpus }) => cpus)),
      memory: String(sum(({ memoryMiB }) => memoryMiB) * bytesPerMiB),
      pods: String(maxJobs),
      ...(nvidia === 0 ? {} : { 'nvidia.com/gpu': String(nvidia) }),
      ...(amd === 0 ? {} : { 'amd.com/gpu': String(amd) }),
    },
    labels: {
      'slurm.interlink.eu/partition': partition.name,
      ...Object.fromEntries(
        features.filter(isLabelPart).map((feature) => [`feature.slurm.interlink.eu/${feature}`, 'true']),
      ),
    },
  };
}

/** No job begins there until somebody does something. */
function isAway({ state, flags }: SlurmNode): boolean {
  return state === 'down' || flags.includes('drain');
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function isLabelPart(text: string): boolean {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text);
}
