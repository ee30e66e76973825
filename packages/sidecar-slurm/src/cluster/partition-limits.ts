import type { PartitionLimits } from '../request/partition-limits.ts';
import type { Gres, SlurmNode } from '../slurm/cluster.ts';
import type { ClusterState } from './cluster-view.ts';

const states: ReadonlyArray<PartitionLimits['state']> = ['UP', 'DOWN', 'DRAIN', 'INACTIVE'];
const secondsPerMinute = 60;

/** What each partition can give one job. Nodes that are down may come back: they count, or a pod would be refused for a while for ever. */
export function toPartitionLimits({ nodes, partitions }: ClusterState): PartitionLimits[] {
  return partitions.map((partition) => {
    const own = nodes.filter((node) => node.partitions.includes(partition.name));
    const largest = (of: (node: SlurmNode) => number) => Math.max(0, ...own.map(of));
    const cpus = largest((node) => node.cpus);
    const memory = largest((node) => node.memoryMiB);
    return {
      name: partition.name,
      isDefault: partition.isDefault,
      state: states.find((state) => state === partition.state) ?? 'UP',
      maxTimeSeconds: partition.maxTimeMinutes === undefined ? undefined : partition.maxTimeMinutes * secondsPerMinute,
      nodes: own.length,
      maxCpusPerNode: Math.min(cpus, partition.maxCpusPerNode ?? cpus),
      maxMemoryMiBPerNode: Math.min(memory, partition.maxMemoryPerNodeMiB ?? memory),
      gpusByType: largestGpus(own),
    };
  });
}

function largestGpus(nodes: ReadonlyArray<SlurmNode>): Map<string, number> {
  const largest = new Map<string, number>();
  for (const { type = '', count } of nodes.flatMap(({ gres }) => gres.filter(isGpu))) {
    largest.set(type, Math.max(count, largest.get(type) ?? 0));
  }
  return largest;
}

export function isGpu({ name }: Gres): boolean {
  return name === 'gpu';
}
