import { CGROUP_MOUNT_POINT } from './cluster-cgroups.ts';
import type { NodeName } from './cluster-members.ts';
import type { ClusterAddresses } from './cluster-network.ts';
import { renderSlurmConf } from './slurm-conf.ts';

/** Device files that stand for GPUs: Slurm insists on some. */
export const GPU_FILES = ['/run/fakegpu0', '/run/fakegpu1'] as const;

/**
 * The files of /etc/slurm, the same in all containers.
 *
 * @param hasCgroups whether the kernel is to hold jobs to their memory (cgroup v1); without, Slurm looks at it each second and kills
 */
export function renderClusterConf(
  addresses: Omit<ClusterAddresses, 'login'>,
  hasCgroups: boolean,
): Record<string, string> {
  const node = (name: NodeName, feature: string) => ({
    name,
    address: addresses[name],
    features: feature,
    gres: `gpu:a100:${GPU_FILES.length}`,
  });
  const kind = hasCgroups ? 'cgroup' : 'linux';
  return {
    'slurm.conf': renderSlurmConf({
      controller: `controller(${addresses.controller})`,
      controllerPort: 6817,
      nodePort: 6818,
      nodes: [node('c1', 'feat1'), node('c2', 'feat2')],
      settings: {
        ProctrackType: hasCgroups ? 'proctrack/cgroup' : 'proctrack/linuxproc',
        TaskPlugin: hasCgroups ? 'task/cgroup' : 'task/none',
        JobAcctGatherType: `jobacct_gather/${kind}`,
        ...(hasCgroups ? {} : { JobAcctGatherParams: 'OverMemoryKill' }),
        StateSaveLocation: '/var/lib/slurm/slurmctld',
        SlurmdSpoolDir: '/var/lib/slurm/slurmd',
        SlurmctldPidFile: '/run/slurmctld.pid',
        SlurmdPidFile: '/run/slurmd.pid',
      },
    }),
    'cgroup.conf': [
      'CgroupPlugin=cgroup/v1',
      `CgroupMountpoint=${CGROUP_MOUNT_POINT}`,
      'ConstrainRAMSpace=yes',
      'ConstrainCores=no',
      'ConstrainDevices=no',
      '',
    ].join('\n'),
    'gres.conf': `AutoDetect=off\nNodeName=c1,c2 Name=gpu Type=a100 File=${GPU_FILES.join(',')}\n`,
  };
}
