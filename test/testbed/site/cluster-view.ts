import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pod } from '@interlink/kube';
import { ClusterCommands } from '../slurm/cluster-commands.ts';
import type { ClusterAccount } from '../slurm/cluster-members.ts';
import type { SlurmClusterData } from '../testbed-data.ts';
import { waitFor } from '../wait-for.ts';
import type { ClusterSidecar } from './cluster-sidecar.ts';

/** One job as squeue lists it, ended ones too for as long as Slurm remembers them. */
export interface SeenJob {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly partition: string;
  readonly restarts: number;
  /** Of the pod, from the job's comment. */
  readonly uid: string;
  readonly node: string;
  readonly name: string;
}

const fields = ['JobID', 'State', 'Reason', 'Partition', 'RestartCnt', 'WorkDir', 'Comment'].map(
  (field) => `${field}:|`,
);
/** JOB STATE CODES of squeue(1), those that a job does not leave again. */
const ended = /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|TIMEOUT)$/;

/** One sidecar's jobs and folders, looked at past the sidecar. */
export class ClusterView {
  readonly commands: ClusterCommands;
  /** DataRootFolder, as this machine sees it. */
  readonly root: string;
  readonly #rootThere: string;

  constructor(cluster: SlurmClusterData, { root, rootThere }: Pick<ClusterSidecar, 'root' | 'rootThere'>) {
    this.commands = new ClusterCommands(cluster);
    this.root = root;
    this.#rootThere = rootThere;
  }

  /** Runs one of Slurm's commands. @returns what it printed @throws Error with what it complained of */
  async run(account: ClusterAccount, ...argv: ReadonlyArray<string>): Promise<string> {
    const { stdout, stderr, exitCode } = await this.commands.run('login', account, argv);
    if (exitCode === 0) return stdout;
    throw new Error(`${argv.join(' ')} exited with code ${exitCode}: ${stderr.trim()}`);
  }

  /** All jobs of the sidecar's pods. */
  async jobs(): Promise<SeenJob[]> {
    const printed = await this.run('alice', 'squeue', '-h', '--states=all', '-O', fields.join(','));
    return printed
      .split('\n')
      .map((line) => toJob(line, this.#rootThere))
      .filter((job) => job !== undefined);
  }

  async livingJobs(): Promise<SeenJob[]> {
    return (await this.jobs()).filter(({ state }) => !ended.test(state));
  }

  /** Every job that the pod ever had, as far as Slurm remembers. */
  async jobsOf({ metadata }: Pod): Promise<SeenJob[]> {
    return (await this.jobs()).filter(({ uid }) => uid === metadata?.uid);
  }

  /** Waits for the pod's job. @throws Error when there are two */
  async jobOf(pod: Pod): Promise<SeenJob> {
    const jobs = await waitFor(`the job of pod ${pod.metadata?.name}`, async () => {
      const found = await this.jobsOf(pod);
      return found.length > 0 && found;
    });
    const [job, ...others] = jobs;
    if (job === undefined || others.length > 0) throw new Error(`There are ${jobs.length} jobs of one pod`);
    return job;
  }

  /** What `scontrol show job` says of it, by key. */
  async show({ id }: SeenJob): Promise<ReadonlyMap<string, string>> {
    const printed = await this.run('alice', 'scontrol', 'show', 'job', '-o', id);
    return new Map(printed.split(' ').map((word) => word.split(/=(.*)/s) as unknown as [string, string]));
  }

  /** Folders of pods that are there. */
  async folders(): Promise<string[]> {
    const names = await readdir(this.root).catch(() => [] as string[]);
    return names.filter((name) => !name.startsWith('.') || name.startsWith('.new-'));
  }

  /** A file of the pod's folder. */
  async file({ metadata }: Pod, path: string): Promise<string> {
    return await readFile(join(this.root, `${metadata?.namespace}-${metadata?.uid}`, path), 'utf8');
  }

  /** Waits until neither Slurm nor the disk has anything of the sidecar's pods. @throws naming what is left */
  async waitUntilNothingIsLeft(): Promise<void> {
    await waitFor(
      'nothing to be left of the pods',
      async () => {
        const [jobs, folders] = await Promise.all([this.livingJobs(), this.folders()]);
        const left = [...jobs.map(({ id, state, name }) => `${state} job ${id} of ${name}`), ...folders];
        if (left.length === 0) return true;
        throw new Error(left.join(', '));
      },
      { timeoutMs: 90_000, intervalMs: 500 },
    );
  }
}

/** Undefined for somebody else's. */
function toJob(line: string, root: string): SeenJob | undefined {
  const [id = '', state = '', reason = '', partition = '', restarts = '', folder = '', ...rest] = line.split('|');
  if (dirname(folder) !== root) return undefined;
  try {
    const { uid, node, name } = JSON.parse(rest.join('|').replace(/\|\s*$/, '')) as Record<string, string>;
    if (uid === undefined || node === undefined || name === undefined) return undefined;
    return { id, state, reason, partition, restarts: Number(restarts), uid, node, name };
  } catch {
    return undefined;
  }
}
