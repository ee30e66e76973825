import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { renderSlurmConf } from './slurm-conf.ts';

export interface HostConfOptions {
  readonly directory: string;
  /** This machine's name: the controller and the only node. */
  readonly node: string;
  readonly mungeSocket: string;
  /** What comes last. */
  readonly settings: Readonly<Record<string, string | number>>;
}

/** Writes slurm.conf, readable for all, and what it names, for a Slurm that consists of this machine. @returns its path */
export async function writeHostConf({ directory, node, mungeSocket, settings }: HostConfOptions): Promise<string> {
  const file = (name: string) => join(directory, name);
  const [controllerPort = 0, nodePort = 0] = await findFreePorts(2);
  for (const folder of ['state', 'spool']) await mkdir(file(folder), { mode: 0o700 });
  const text = renderSlurmConf({
    controller: `${node}(127.0.0.1)`,
    controllerPort,
    nodePort,
    nodes: [{ name: node, address: '127.0.0.1', features: 'feat1', gres: 'gpu:a100:2' }],
    settings: {
      AuthInfo: `socket=${mungeSocket}`,
      ProctrackType: 'proctrack/linuxproc',
      TaskPlugin: 'task/none',
      JobAcctGatherType: 'jobacct_gather/linux',
      // Without control groups it is Slurm itself that kills a job which takes more memory than it asked for.
      JobAcctGatherParams: 'OverMemoryKill',
      StateSaveLocation: file('state'),
      SlurmdSpoolDir: file('spool'),
      SlurmctldPidFile: file('slurmctld.pid'),
      SlurmdPidFile: file('slurmd.pid'),
      SlurmctldLogFile: file('slurmctld.log'),
      SlurmdLogFile: file('slurmd.log'),
      ...settings,
    },
  });
  // Slurm insists on device files; it opens none of them.
  for (const gpu of ['gpu0', 'gpu1']) await writeFile(file(gpu), '');
  const gres = `AutoDetect=off\nNodeName=${node} Name=gpu Type=a100 File=${file('gpu[0-1]')}\n`;
  for (const [name, content] of Object.entries({ 'slurm.conf': text, 'gres.conf': gres })) {
    await writeFile(file(name), content);
    await chmod(file(name), 0o644);
  }
  return file('slurm.conf');
}
