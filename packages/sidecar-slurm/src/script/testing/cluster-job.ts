import { randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Pod, parseLogRecord, type RegistryCredential, toPullPolicy } from '@interlink/sidecar-sdk';
import {
  ClusterCommands,
  type CommandResult,
  type SlurmClusterData,
  waitFor,
} from '../../../../../test/testbed/index.ts';
import { renderAuthFiles } from '../../image/auth-files.ts';
import { ImageCache } from '../../image/image-cache.ts';
import { ImagePlanner } from '../../image/image-planner.ts';
import type { PlannedImage } from '../../image/planned-image.ts';
import { jobFiles } from '../job-files.ts';
import type { JobPlan, PlannedContainer } from '../job-plan.ts';
import { renderJobScript } from '../render-job-script.ts';
import { planApptainer } from '../runtimes/plan-apptainer.ts';
import { readKeyValues } from './key-values.ts';
import { jobPlan, plannedContainer } from './plans.ts';

export interface ClusterPod {
  /** What of a container both the pod and the plan have; everything else in `planned`. */
  readonly containers: ReadonlyArray<ClusterContainer>;
  readonly credentials?: ReadonlyArray<RegistryCredential>;
  readonly spec?: Partial<Pod['spec']>;
  readonly plan?: Partial<JobPlan>;
  /** Of volumes, below the pod's folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Words for Apptainer. */
  readonly options?: ReadonlyArray<string>;
}

export interface ClusterContainer {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly securityContext?: Record<string, unknown>;
  readonly resources?: { readonly limits: Record<string, string> };
  readonly planned?: Partial<PlannedContainer>;
}

const account = { name: 'alice', uid: 1500 } as const;

/** The script of a pod of Apptainer, on a node of the cluster and as an account there, but not by Slurm. */
export class ClusterJob implements AsyncDisposable {
  readonly plan: JobPlan;
  readonly #cluster: SlurmClusterData;
  readonly #commands: ClusterCommands;
  readonly #ended: Promise<CommandResult>;

  private constructor(plan: JobPlan, cluster: SlurmClusterData) {
    this.plan = plan;
    this.#cluster = cluster;
    this.#commands = new ClusterCommands(cluster);
    const leaked = ['APPTAINERENV_LEAKED=yes', 'LEAKED=yes', 'SLURM_JOB_ID=7', 'INTERLINK_BACK_OFF_MS=300'];
    this.#ended = this.#onNode(['env', ...leaked, 'bash', join(plan.podFolder, 'job.sh')]);
  }

  /** @param root name of the folder that is DataRootFolder, in the account's shared one: jobs of the same have one image cache */
  static async start(root: string, pod: ClusterPod, cluster: SlurmClusterData): Promise<ClusterJob> {
    const { registries } = cluster;
    const site = { prefix: 'docker://', allowedPaths: [], insecureRegistries: Object.values(registries) };
    const planner = new ImagePlanner(new ImageCache(join(cluster.shared, account.name, root)), site);
    const images = new Map<string, PlannedImage>();
    for (const container of pod.containers) {
      const wish = {
        policy: toPullPolicy(container, undefined),
        credentials: pod.credentials ?? [],
        pod: { imageRoot: undefined },
      };
      images.set(container.name, await planner.plan({ image: container.image, ...wish }));
    }
    const uid = randomUUID();
    const home = `/shared/${account.name}/${root}`;
    const containers = pod.containers.map(({ planned: _, resources, ...rest }) => ({
      ...rest,
      ...(resources && { resources }),
    }));
    const k8s: Pod = { metadata: { name: 'the-pod', namespace: 'ns', uid }, spec: { containers, ...pod.spec } };
    const runtime = { name: 'apptainer', path: 'apptainer', prefix: [], options: pod.options ?? [] } as const;
    const nothing = { singularityOptions: [], singularityMounts: [], singularityCommands: [] };
    const plan = jobPlan({
      pod: { namespace: 'ns', name: 'the-pod', uid },
      podFolder: `${home}/ns-${uid}`,
      spoolFolder: `${home}/.spool`,
      runtime: planApptainer(k8s, images, { runtime, folders: { root: home } }, nothing),
      containers: pod.containers.map(({ name, image, imagePullPolicy, planned }) =>
        plannedContainer(name, {
          image,
          command: undefined,
          imagePullPolicy: toPullPolicy(imagePullPolicy === undefined ? {} : { imagePullPolicy }, undefined),
          ...planned,
        }),
      ),
      ...pod.plan,
    });
    const files = new Map<string, string | Buffer>([
      ...jobFiles(plan).map(({ path, content }) => [path, content] as const),
      ...renderAuthFiles([...images.values()]),
    ]);
    for (const [path, content] of Object.entries(pod.files ?? {})) files.set(path, content);
    files.set('job.sh', renderJobScript(plan));
    const folder = toHost(plan.podFolder, cluster);
    await mkdir(toHost(plan.spoolFolder, cluster), { recursive: true });
    for (const { name } of plan.containers) await mkdir(join(folder, 'containers', name), { recursive: true });
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content, { mode: 0o600 });
    }
    await own(join(cluster.shared, account.name, root));
    return new ClusterJob(plan, cluster);
  }

  async ended(): Promise<CommandResult> {
    return await this.#ended;
  }

  async read(path: string): Promise<string> {
    return await readFile(join(toHost(this.plan.podFolder, this.#cluster), path), 'utf8').catch(() => '');
  }

  async state(container: string): Promise<Record<string, string>> {
    return readKeyValues(await this.read(`containers/${container}/state`));
  }

  async untilState(container: string, wanted: Readonly<Record<string, string>>): Promise<void> {
    const isSeen = async () => {
      const state = await this.state(container);
      return Object.entries(wanted).every(([key, value]) => state[key] === value);
    };
    await waitFor(`${container} to be ${JSON.stringify(wanted)}`, async () => ((await isSeen()) ? true : undefined), {
      timeoutMs: 90_000,
    });
  }

  /** What an attempt has said, line by line, without times. */
  async log(container: string, attempt = 0): Promise<string[]> {
    const lines = (await this.read(`containers/${container}/${attempt}/log`)).split('\n').slice(0, -1);
    return lines.map((line) => parseLogRecord(Buffer.from(line))?.content.toString().replace(/\n$/, '') ?? line);
  }

  /** `Normal Started main Container started`, without times. */
  async events(): Promise<string[]> {
    const lines = (await this.read('events')).split('\n').slice(0, -1);
    return lines.map((line) => line.split('\t').slice(1).join(' '));
  }

  /** Runs a command in a container the way that probes and `kubectl exec` do. */
  async enter(container: string, command: ReadonlyArray<string>, input?: string): Promise<CommandResult> {
    const file = join(this.plan.podFolder, 'containers', container, 'enter');
    return await this.#onNode(['env', 'LEAKED=yes', 'bash', file, ...command], input);
  }

  /** Asks the script itself: TERM as Slurm sends it, or KILL. */
  async signal(name: 'TERM' | 'KILL'): Promise<void> {
    await this.#onNode(['pkill', `-${name}`, '-o', '-f', join(this.plan.podFolder, 'job.sh')]);
  }

  /** What a job has left on its node: processes, which are known by what Apptainer puts into their environment, and folders. */
  async leftovers(): Promise<string> {
    const { uid } = this.plan.pod;
    const look = `grep -alF ${uid} /proc/[0-9]*/environ; pgrep -f '[j]ob.sh.*${uid}|${uid}.*[j]ob.sh'; ls -d /tmp/*${uid}* /dev/shm/*${uid}*`;
    return (await this.#onNode(['bash', '-c', look])).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signal('KILL');
    await this.#ended;
    await rm(toHost(this.plan.podFolder, this.#cluster), { recursive: true, force: true });
  }

  async #onNode(argv: ReadonlyArray<string>, input?: string): Promise<CommandResult> {
    return await this.#commands.run('c1', account.name, argv, input === undefined ? {} : { input });
  }
}

function toHost(path: string, { shared }: SlurmClusterData): string {
  return join(shared, path.replace('/shared/', ''));
}

async function own(folder: string): Promise<void> {
  await chown(folder, account.uid, account.uid);
  for (const name of await readdir(folder, { recursive: true }))
    await chown(join(folder, name), account.uid, account.uid);
}
