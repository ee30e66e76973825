import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeNames } from './cluster-members.ts';

/** Where nodes see the control groups that are theirs, one folder for each controller. */
export const CGROUP_MOUNT_POINT = '/slurm-cgroup';

/** The controllers (of cgroup v1) that Slurm's plugins use as they are set here. */
const CONTROLLERS = ['memory', 'cpuacct', 'freezer'];
const ROOT = '/sys/fs/cgroup';

/** Parents of all nodes' control groups on this machine, by controller. */
export type ClusterCgroups = Readonly<Record<string, string>>;

/**
 * Makes the nodes' control groups below the testbed's: several clusters at once have nodes of the same names, and Slurm would put them all
 * at the top. Absent where the kernel has only version 2, which Slurm uses with systemd.
 */
export async function createClusterCgroups(cgroup: string, clusterName: string): Promise<ClusterCgroups | undefined> {
  if (!existsSync(join(ROOT, 'memory/memory.limit_in_bytes'))) return undefined;
  const parents: Record<string, string> = {};
  for (const controller of CONTROLLERS) {
    const path = join(ROOT, controller, cgroup, clusterName);
    for (const node of nodeNames) await mkdir(join(path, node), { recursive: true });
    parents[controller] = path;
  }
  return parents;
}
