import { readFileSync } from 'node:fs';

/** A process that a pid alone does not name: pids are used again, start times are not. */
export interface ProcessIdentity {
  pid: number;
  /** In clock ticks since boot, from /proc; empty where there is no /proc. */
  startTime: string;
}

/** Identifies a running process, or `undefined` when there is none of that pid (or only its zombie). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    // The second field is the command name in parentheses, which may hold spaces itself.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, startTime: fields[19] ?? '' };
  } catch {
    return process.platform === 'linux' ? undefined : { pid, startTime: '' };
  }
}

/** Whether that very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTime === identity.startTime;
}
