/** What a partition of Slurm can give one job, as far as it is known. */
export interface PartitionLimits {
  readonly name: string;
  readonly isDefault: boolean;
  /** As Slurm says: `UP` takes and starts jobs, `DRAIN` takes none, `DOWN` starts none, `INACTIVE` neither. */
  readonly state: 'UP' | 'DOWN' | 'DRAIN' | 'INACTIVE';
  /** Undefined: no limit. */
  readonly maxTimeSeconds: number | undefined;
  /** How many nodes it has. */
  readonly nodes: number;
  /** Of its largest node. */
  readonly maxCpusPerNode: number;
  readonly maxMemoryMiBPerNode: number;
  /** How many GPUs one node has at most, by type; `''`: those without a type. */
  readonly gpusByType: ReadonlyMap<string, number>;
}

/** Those that a job may go to: by name, or Slurm's default one. @param names those that its options say; none: the default */
export function findPartitions(
  names: ReadonlyArray<string>,
  partitions: ReadonlyArray<PartitionLimits>,
): PartitionLimits[] {
  return partitions.filter(({ name, isDefault }) => (names.length === 0 ? isDefault : names.includes(name)));
}
