import { readFile } from 'node:fs/promises';
import type { NodeStats } from '@interlink/protocol';

/** The kernel's clock tick as it shows it to programs: a hundredth of a second on every Linux that Node runs on. */
export const nanosecondsPerTick = 10_000_000n;

/**
 * What this machine uses in all, as `/proc` has it, or undefined where there is no such thing. For backends whose pods run on the
 * machine that the sidecar is on. @see https://man7.org/linux/man-pages/man5/proc_stat.5.html
 */
export async function readMachineUsage(): Promise<NodeStats['node']> {
  try {
    const [stat, memory] = await Promise.all([readFile('/proc/stat', 'utf8'), readFile('/proc/meminfo', 'utf8')]);
    return toMachineUsage(stat, memory, new Date());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param stat `/proc/stat` @param memory `/proc/meminfo` */
export function toMachineUsage(stat: string, memory: string, now: Date): NodeStats['node'] {
  const [user = 0n, nice = 0n, system = 0n, , , irq = 0n, softirq = 0n] = ticksOf(stat);
  const total = kibibytesOf(memory, 'MemTotal');
  const available = kibibytesOf(memory, 'MemAvailable');
  if (total === undefined || available === undefined) return undefined;
  const bootSeconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return {
    time: now.toISOString(),
    ...(bootSeconds === undefined ? {} : { startTime: new Date(Number(bootSeconds) * 1_000).toISOString() }),
    cpu: { usageCoreNanoSeconds: String((user + nice + system + irq + softirq) * nanosecondsPerTick) },
    memory: { workingSetBytes: (total - available) * 1_024 },
  };
}

/** Of all cores together; time spent idle, waiting or given to other machines is not among those used. */
function ticksOf(stat: string): bigint[] {
  const [, fields = ''] = /^cpu +(.*)$/m.exec(stat) ?? [];
  return fields.split(' ').filter(Boolean).map(BigInt);
}

function kibibytesOf(memory: string, name: string): number | undefined {
  const found = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(memory)?.[1];
  return found === undefined ? undefined : Number(found);
}
