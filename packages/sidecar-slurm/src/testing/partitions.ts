import type { PartitionLimits } from '../request/partition-limits.ts';

export const main: PartitionLimits = {
  ...{ name: 'main', isDefault: true, state: 'UP', maxTimeSeconds: undefined, nodes: 2 },
  ...{ maxCpusPerNode: 16, maxMemoryMiBPerNode: 16_000, gpusByType: new Map([['a100', 2]]) },
};

/** A cluster of two nodes, cut in three ways. */
export const partitions: ReadonlyArray<PartitionLimits> = [
  main,
  { ...main, name: 'short', isDefault: false, maxTimeSeconds: 300 },
  { ...main, name: 'down', isDefault: false, state: 'DOWN' },
];
