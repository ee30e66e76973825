import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { slurmCluster } from '../on-demand.ts';
import type { TestbedData } from '../testbed-data.ts';
import { ClusterCommands } from './cluster-commands.ts';

/** What the shared cluster still has of pods, in words that lead to the test that made them; nothing when it was never started. */
export async function findJobLeftovers(testbed: TestbedData): Promise<string[]> {
  if (!existsSync(join(testbed.directory, 'slurm-cluster'))) return [];
  const commands = new ClusterCommands(await slurmCluster(testbed));
  const argv = ['squeue', '-h', '-t', 'PENDING,RUNNING,SUSPENDED', '-O', 'JobID:|,State:|,Comment:|'];
  const { stdout } = await commands.run('login', 'root', argv);
  // The comment of a pod's job is JSON that says whose it is; jobs of other tests have none.
  return stdout.split('\n').filter((line) => line.includes('"uid"'));
}
