import { chown, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '@interlink/kube';
import type { SlurmClusterData } from '../../../testbed/index.ts';
import { pod, shell } from '../../drivers/pods.ts';

/** In a shell that runs in a job: its id. Without a runtime a container has an environment of its own, and its parent that of the job. */
const jobId = "$(tr '\\0' '\\n' </proc/$PPID/environ | sed -n s/^SLURM_JOB_ID=//p)";

/** One time that a pod was run. */
export interface NotedRun {
  /** The pod's name. */
  readonly name: string;
  /** Id of the job by which it was. */
  readonly job: string;
}

/** Pods each run of which leaves a line where all nodes see it: for sites whose `ContainerRuntime` is `none`. */
export class NotedPods {
  readonly #cluster: SlurmClusterData;
  readonly #name: string;

  private constructor(cluster: SlurmClusterData, name: string) {
    this.#cluster = cluster;
    this.#name = name;
  }

  static async create(cluster: SlurmClusterData, name: string): Promise<NotedPods> {
    const noted = new NotedPods(cluster, name);
    const { alice } = cluster.accounts;
    await mkdir(noted.#folder);
    await chown(noted.#folder, alice.uid, alice.gid);
    return noted;
  }

  /** Each runs for a moment and ends well. */
  make(nodeName: string, names: ReadonlyArray<string>): Pod[] {
    const file = `/shared/alice/${this.#name}/runs`;
    return names.map((name) =>
      pod(nodeName, name, { containers: [shell('main', `echo "${name} ${jobId}" >> ${file}; sleep 1`)] }),
    );
  }

  /** All of them, in order of names. */
  async runs(): Promise<NotedRun[]> {
    const text = await readFile(join(this.#folder, 'runs'), 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.sort().map((line) => {
      const [name = '', job = ''] = line.split(' ');
      return { name, job };
    });
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #folder(): string {
    return join(this.#cluster.shared, 'alice', this.#name);
  }
}
