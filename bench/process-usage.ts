import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second (sysconf(_SC_CLK_TCK)). */
const ticksPerSecond = 100;

export interface Usage {
  readonly cpuSeconds: number;
  readonly residentMiB: number;
  /** Its own pages, and its part of those that it shares with others, as the program itself. */
  readonly proportionalMiB: number;
}

/** What a process has used so far, from /proc. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const proportional = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentMiB: Number(resident) / 1024,
    proportionalMiB: Number(proportional) / 1024,
  };
}

/** @returns how many of the machine's cores have been at work since it was started, in seconds of one */
export function machineSeconds(): number {
  const [, user, nice, system, , , irq, softirq, steal] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  ).split(/\s+/);
  return [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}
