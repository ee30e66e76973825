import type { PodSpec } from '@interlink/sidecar-sdk';
import type { SbatchFlags } from '../flags/parse-flags.ts';
import type { Flavor } from '../site/flavors.ts';
import { renderGres } from './gpus.ts';
import { findPartitions, type PartitionLimits } from './partition-limits.ts';
import type { PodTotals } from './pod-totals.ts';
import { renderTime, toTimeLimit } from './time-limit.ts';

export interface PodNeeds {
  readonly spec: PodSpec;
  readonly totals: PodTotals;
  readonly gpuType: string | undefined;
  /** The partitions that the virtual node stands for. */
  readonly ofNode: ReadonlyArray<string>;
  /** See {@link longestTime}. */
  readonly longestSeconds: number | undefined;
}

/** What the pod's fields and its node ask of Slurm. */
export function podNeeds({ spec, totals, gpuType, ofNode, longestSeconds }: PodNeeds): SbatchFlags {
  const { cpus, memoryMiB, gpus } = totals;
  const seconds = toTimeLimit(spec, longestSeconds);
  return present({
    'cpus-per-task': cpus === undefined ? undefined : `${cpus}`,
    mem: memoryMiB === undefined ? undefined : `${memoryMiB}M`,
    gres: gpus === 0 ? undefined : renderGres(gpus, gpuType),
    time: seconds === undefined ? undefined : renderTime(seconds),
    partition: ofNode.length === 0 ? undefined : ofNode.join(','),
  });
}

/** What holds when neither the pod nor the options of its flavor say anything. A job that runs twice is nothing that Kubernetes knows. */
export function flavorDefaults(flavor: Flavor | undefined): SbatchFlags {
  return present({
    'cpus-per-task': flavor?.cpus === undefined ? undefined : `${flavor.cpus}`,
    mem: flavor?.memoryMiB === undefined ? undefined : `${flavor.memoryMiB}M`,
    'no-requeue': true,
  });
}

/** The longest that one of these partitions lets a job run; undefined: no limit, or not known. */
export function longestTime(
  names: ReadonlyArray<string>,
  partitions: ReadonlyArray<PartitionLimits> | undefined,
): number | undefined {
  const limits = findPartitions(names, partitions ?? []).map(({ maxTimeSeconds }) => maxTimeSeconds);
  const finite = limits.filter((limit) => limit !== undefined);
  return finite.length === 0 || finite.length < limits.length ? undefined : Math.max(...finite);
}

function present(flags: Readonly<Record<string, string | true | undefined>>): SbatchFlags {
  return new Map(
    Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
