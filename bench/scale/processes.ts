import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Usage, usageOf } from '../process-usage.ts';

export type Usages = ReadonlyMap<string, Usage>;

const servers = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** etcd's program is named after its package. */
const names = new Map([['server', 'etcd'], ...servers.map((name) => [name, name] as const)]);

/** The control plane's processes: those that have the testbed's folder in their flags. */
export function controlPlanePids(testbed: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [program = '', ...args] = commandLine(pid);
    const name = names.get(basename(program));
    if (name !== undefined && args.some((arg) => arg.includes(testbed))) found[name] = Number(pid);
  }
  for (const server of servers) if (found[server] === undefined) throw new Error(`Cannot find ${server} of ${testbed}`);
  return found;
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** What each has used so far. */
export function usages(pids: Readonly<Record<string, number>>): Usages {
  return new Map(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid)]));
}

/** CPU seconds. */
export function spent(from: Usages, to: Usages, name: string): number {
  return (to.get(name)?.cpuSeconds ?? Number.NaN) - (from.get(name)?.cpuSeconds ?? Number.NaN);
}

export const memoryIn = (usage: Usages) => (name: string) => usage.get(name)?.proportionalMiB ?? Number.NaN;

export function sum(names: ReadonlyArray<string>, of: (name: string) => number): number {
  return names.reduce((total, name) => total + of(name), 0);
}
