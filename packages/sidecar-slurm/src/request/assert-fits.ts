import { InterLinkError } from '@interlink/sidecar-sdk';
import type { SbatchFlags } from '../flags/parse-flags.ts';
import { parseMemory, parseTime, renderDuration } from '../flags/units.ts';
import { gpusPerNode } from './gpus.ts';
import { findPartitions, type PartitionLimits } from './partition-limits.ts';

/** Why a partition never runs a job, or does not run any at present. */
interface Misfit {
  readonly partition: string;
  readonly why: string;
  /** True when somebody at the cluster can change it any minute. */
  readonly isPassing: boolean;
}

/**
 * Slurm takes many a job that can never start, and lets it wait for ever. One partition that could run it is enough.
 * @param names the partitions that the options name; none: Slurm's default one
 * @throws InterLinkError `failed_precondition` with reason `SlurmUnsatisfiable` for what can never run, `unavailable` with reason
 * `SlurmPartitionDown` for what can't run while a partition is as it is
 */
export function assertFits(
  flags: SbatchFlags,
  names: ReadonlyArray<string>,
  partitions: ReadonlyArray<PartitionLimits>,
): void {
  const known = partitions.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new InterLinkError(
      'failed_precondition',
      `Cannot run the pod with Slurm: there is no partition ${unknown.join(', ')}, only ${known.join(', ')}`,
      { reason: 'SlurmUnsatisfiable' },
    );
  }
  const candidates = findPartitions(names, partitions);
  const misfits = candidates.flatMap((limits) => {
    const [first] = [...misfitsOf(flags, limits)].toSorted((a, b) => Number(a.isPassing) - Number(b.isPassing));
    return first === undefined ? [] : [first];
  });
  // Without a default partition sbatch itself says what is missing.
  if (candidates.length === 0 || misfits.length < candidates.length) return;
  const isPassing = misfits.some((misfit) => misfit.isPassing);
  const reasons = misfits.map(({ partition, why }) => `partition ${partition} ${why}`).join('; ');
  throw new InterLinkError(
    isPassing ? 'unavailable' : 'failed_precondition',
    `Cannot run the pod with Slurm: ${reasons}`,
    { reason: isPassing ? 'SlurmPartitionDown' : 'SlurmUnsatisfiable' },
  );
}

function* misfitsOf(flags: SbatchFlags, limits: PartitionLimits): Iterable<Misfit> {
  const partition = limits.name;
  const never = (why: string): Misfit => ({ partition, why, isPassing: false });
  const cpus = numberOf(flags, 'cpus-per-task');
  if (cpus > limits.maxCpusPerNode) {
    yield never(`has at most ${limits.maxCpusPerNode} CPUs on one node, the pod needs ${cpus}`);
  }
  const memory = parseMemory(textOf(flags, 'mem')) ?? 0;
  if (memory > limits.maxMemoryMiBPerNode) {
    yield never(`has at most ${limits.maxMemoryMiBPerNode} MiB of memory on one node, the pod needs ${memory}`);
  }
  const nodes = Number.parseInt(textOf(flags, 'nodes'), 10);
  if (nodes > limits.nodes) yield never(`has ${limits.nodes} nodes, the pod needs ${nodes}`);
  for (const { count, type } of gpusPerNode(flags)) {
    const offered = type === undefined ? total(limits.gpusByType) : (limits.gpusByType.get(type) ?? 0);
    if (count <= offered) continue;
    const named = type === undefined ? 'GPUs' : `GPUs of type ${type}`;
    yield never(`has at most ${offered} ${named} on one node, the pod needs ${count}`);
  }
  const seconds = parseTime(textOf(flags, 'time')) ?? 0;
  if (limits.maxTimeSeconds !== undefined && seconds > limits.maxTimeSeconds) {
    const asked = seconds === Number.POSITIVE_INFINITY ? 'no limit' : renderDuration(seconds);
    yield never(`lets jobs run for ${renderDuration(limits.maxTimeSeconds)}, the pod asks for ${asked}`);
  }
  if (limits.state !== 'UP') yield { partition, why: `is ${limits.state}`, isPassing: true };
}

function textOf(flags: SbatchFlags, name: string): string {
  const value = flags.get(name);
  return typeof value === 'string' ? value : '';
}

function numberOf(flags: SbatchFlags, name: string): number {
  return Number(textOf(flags, name)) || 0;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
