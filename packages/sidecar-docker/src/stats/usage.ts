import type { ContainerStats, PodStats } from '@interlink/sidecar-sdk';

/** What one container uses at one moment. */
export interface Usage {
  readonly time: Date;
  readonly cpuNanoseconds: bigint;
  readonly usageBytes: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
  readonly processCount: number;
}

/** Undefined for one that has not used anything yet: it counts as not measured. */
export function toContainerStats(name: string, startTime: string, usage: Usage): ContainerStats | undefined {
  const { time, cpuNanoseconds, usageBytes, workingSetBytes, rssBytes } = usage;
  if (cpuNanoseconds === 0n || workingSetBytes === 0) return undefined;
  return {
    name,
    time: time.toISOString(),
    startTime,
    cpu: { usageCoreNanoSeconds: String(cpuNanoseconds) },
    memory: { workingSetBytes, usageBytes, rssBytes },
  };
}

/** @param devices `/proc/PID/net/dev` of a process in the pod's network: all interfaces but loopback, added up */
export function toNetworkStats(devices: string, time: Date): PodStats['network'] {
  let [rxBytes, txBytes] = [0n, 0n];
  for (const [, name = '', fields = ''] of devices.matchAll(/^ *(\S+): *(\d[\d ]*)$/gm)) {
    if (name === 'lo') continue;
    const counts = fields.split(/ +/);
    rxBytes += BigInt(counts[0] ?? 0);
    txBytes += BigInt(counts[8] ?? 0);
  }
  return { time: time.toISOString(), rxBytes: String(rxBytes), txBytes: String(txBytes) };
}
