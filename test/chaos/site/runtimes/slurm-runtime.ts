import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startOwnSlurmHost } from '../../../testbed/index.ts';
import type { Runtime, RuntimeSite } from './runtime.ts';
import { resumeNode } from './slurm-operator.ts';

/** Pods are jobs of root's on this machine, in a Slurm of its own: without containers, so that a job is its script and what that starts. */
export async function startSlurmRuntime(): Promise<Runtime> {
  const host = await startOwnSlurmHost();
  const operator = new AbortController();
  const operating = resumeNode(host, operator.signal);
  const dataFolder = ({ directory }: RuntimeSite) => join(directory, 'data');
  const livingJobs = async () => {
    const { stdout, stderr, exitCode } = await host.shell.run(['squeue', '-h', '-o', '%T job %i of %j'], {
      account: 'root',
    });
    if (exitCode !== 0) throw new Error(`squeue exited with code ${exitCode}: ${stderr.trim()}`);
    return stdout.split('\n').filter(Boolean);
  };
  return {
    command: 'slurm-sidecar',
    env: { SLURM_CONF: host.data.conf },
    keys: { ContainerRuntime: 'none', Slurm: { PollInterval: 1, Retention: 0 } },
    image: 'none',
    // A job that slurmctld has forgotten is believed to be over when it was silent for 90 s, one that ended without a word after 10 s;
    // a node that was cut off is given up after 15 s.
    slowerMs: 115_000,
    dataFolder,
    async leftBehind(site) {
      const names = await readdir(dataFolder(site)).catch(() => [] as string[]);
      const folders = names.filter((name) => !name.startsWith('.') || name.startsWith('.new-'));
      return [...(await livingJobs()), ...folders.map((name) => `folder ${name}`)];
    },
    faults: {
      'slurmctld restarted': async () => {
        await host.stopController('SIGTERM');
        return host.startController;
      },
      'slurmctld killed': async () => {
        await host.stopController('SIGKILL');
        return host.startController;
      },
      'slurmctld stopped': async () => host.pauseController(),
      'slurmd killed': async () => {
        await host.killNode();
        return host.startNode;
      },
    },
    async close() {
      operator.abort();
      await operating;
      await host[Symbol.asyncDispose]();
    },
  };
}
