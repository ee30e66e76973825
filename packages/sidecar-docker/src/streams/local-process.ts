import { readdir, readFile } from 'node:fs/promises';

/** A process of a container, as this machine sees it. */
export interface LocalProcess {
  readonly pid: number;
  /** Clock ticks since boot: with the pid it names one process. */
  readonly startTime: string;
}

/**
 * The process of this machine that the engine's pid means: one in the container's control group. An engine in a pid namespace of
 * its own counts otherwise than we do, and the kernel tells both numbers. Undefined when the engine is on another machine.
 */
export async function findLocalProcess(enginePid: number, containerId: string): Promise<LocalProcess | undefined> {
  if (!Number.isInteger(enginePid) || enginePid < 1) return undefined;
  const direct = await readProcess(enginePid, enginePid, containerId);
  if (direct !== undefined || process.platform !== 'linux') return direct;
  for (const name of await readdir('/proc')) {
    const found = /^\d+$/.test(name) ? await readProcess(Number(name), enginePid, containerId) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined when it is gone, or not the one that is meant. */
async function readProcess(pid: number, enginePid: number, containerId: string): Promise<LocalProcess | undefined> {
  const read = async (file: string) => await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  if (!(await read('cgroup')).includes(containerId)) return undefined;
  // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html: the pid in each namespace, outermost first.
  const pids = /^NSpid:\s*(.*)$/m.exec(await read('status'))?.[1]?.split(/\s+/) ?? [];
  const stat = await read('stat');
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return pids.includes(String(enginePid)) && startTime !== undefined ? { pid, startTime } : undefined;
}
