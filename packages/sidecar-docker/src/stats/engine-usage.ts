import type { PodStats } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Usage } from './usage.ts';

/**
 * The engine's own account of a container, for an engine on another machine. Its CPU time comes as a JSON number, which is exact
 * to some nanoseconds. @see https://docs.docker.com/reference/api/engine/ `ContainerStats`
 */
export function toUsage(stats: Docker.ContainerStats): Usage {
  const { cpu_stats: cpu, memory_stats: memory, pids_stats: processes } = stats;
  // The keys are the kernel's: those of control groups version 1 begin with `total_`.
  const details = (memory.stats ?? {}) as unknown as Readonly<Record<string, number | undefined>>;
  const usageBytes = memory.usage ?? 0;
  return {
    time: new Date(stats.read),
    cpuNanoseconds: BigInt(Math.round(cpu.cpu_usage.total_usage)),
    usageBytes,
    workingSetBytes: Math.max(0, usageBytes - (details.total_inactive_file ?? details.inactive_file ?? 0)),
    rssBytes: details.total_rss ?? details.anon ?? 0,
    processCount: processes?.current ?? 0,
  };
}

/** Of the sandbox, whose network is the pod's; undefined when it has none of its own. */
export function toNetwork({ read, networks }: Docker.ContainerStats): PodStats['network'] {
  // The types know one interface where the engine names each.
  const all = Object.values((networks ?? {}) as Readonly<Record<string, { rx_bytes: number; tx_bytes: number }>>);
  if (all.length === 0) return undefined;
  const sum = (key: 'rx_bytes' | 'tx_bytes') =>
    String(all.reduce((total, one) => total + BigInt(Math.round(one[key])), 0n));
  return { time: new Date(read).toISOString(), rxBytes: sum('rx_bytes'), txBytes: sum('tx_bytes') };
}
