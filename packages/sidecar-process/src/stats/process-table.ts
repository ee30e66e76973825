import { readdir, readFile } from 'node:fs/promises';
import { nanosecondsPerTick } from '@interlink/sidecar-sdk';

/** One line of the process table: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export interface ProcessRow {
  readonly pid: number;
  /** The pid of the process that leads its session. */
  readonly session: number;
  /** Its own and that of the children it has waited for. The kernel counts in hundredths of a second here. */
  readonly cpuNanoseconds: bigint;
}

/** Read so many at a time, so that a machine full of processes does not hold everything else up. */
const batch = 64;

/** All processes that there are, by session. Empty where there is no `/proc`. */
export async function readSessions(): Promise<Map<number, ProcessRow[]>> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  const rows: ProcessRow[] = [];
  for (let first = 0; first < pids.length; first += batch) {
    const read = pids.slice(first, first + batch).map(async (pid) => await readOr(`/proc/${pid}/stat`, ''));
    for (const text of await Promise.all(read)) if (text !== '') rows.push(toProcessRow(text));
  }
  return Map.groupBy(rows, ({ session }) => session);
}

/** @param stat of one process */
export function toProcessRow(stat: string): ProcessRow {
  // The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + BigInt(field), 0n);
  return {
    pid: Number.parseInt(stat, 10),
    session: Number(fields[3]),
    cpuNanoseconds: ticks * nanosecondsPerTick,
  };
}

/** The CPU time of a process' living threads, to the nanosecond: what is less than a hundredth of a second counts, too. */
export async function readThreadNanoseconds(pid: number): Promise<bigint> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const read = threads.map(async (thread) => await readOr(`/proc/${pid}/task/${thread}/schedstat`, '0'));
  return (await Promise.all(read)).reduce((sum, text) => sum + BigInt(text.split(' ')[0] ?? 0), 0n);
}

/** The memory of a process that is in RAM, in bytes. What it shares with others counts for each of them. */
export async function readResidentBytes(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readOr(`/proc/${pid}/status`, ''))?.[1];
  return Number(kibibytes ?? 0) * 1_024;
}

/** A process may go at any moment. */
async function readOr(path: string, missing: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => missing);
}
