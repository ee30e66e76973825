import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { glob, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  createLogger,
  type PodEvent,
  parseLogRecord,
  type ResolvedVolume,
  systemClock,
  type Volume,
} from '@interlink/sidecar-sdk';
import { PATIENCE } from '../../../../../test/testbed/patience.ts';
import { writePod } from '../../create.ts';
import { PodFolder, rootsIn } from '../../folder/pod-folder.ts';
import { PodBook } from '../../pods/pod-book.ts';
import type { PodEntry } from '../../pods/pod-entry.ts';
import { jobFiles } from '../../script/job-files.ts';
import type { JobPlan } from '../../script/job-plan.ts';
import { renderJobScript } from '../../script/render-job-script.ts';
import { jobPlan } from '../../script/testing/plans.ts';
import type { PodJob } from '../../slurm/slurm-job.ts';
import { spawnStep } from '../../slurm/spawn-step.ts';
import type { SlurmStep, StepOptions } from '../../slurm/step.ts';
import { anOrder } from '../../slurm/testing/orders.ts';
import { ScratchFolder } from '../../slurm/testing/scratch-folder.ts';
import { PodLinks } from '../pod-links.ts';

/** In place of srun: what follows `--` runs as in a step of the job, and is killed when srun is asked to end. */
const asSrun = [
  'for word; do case $word in --jobid=*) SLURM_JOB_ID=$(echo "$word" | cut -d= -f2) ;; esac; done; export SLURM_JOB_ID',
  'while [ "$1" != -- ]; do shift; done',
  'shift',
  'exec 3<&0',
  '"$@" <&3 &',
  'step=$!',
  "trap 'kill -KILL $step; exit 143' TERM",
  'wait $step',
];

export interface RemoteJob {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly job: PodJob;
}

export interface RemotePodOptions {
  readonly plan?: Partial<JobPlan>;
  readonly volumes?: ReadonlyArray<ResolvedVolume>;
  readonly env?: Readonly<Record<string, string>>;
  /** What srun says before it fails. */
  readonly refusal?: string;
  /** The first steps end when they were sent so many bytes. */
  readonly cutAfter?: ReadonlyArray<number>;
}

/** A pod whose jobs are real scripts on a node that does not see the sidecar's folder, and the sidecar's ends of their links; without Slurm. */
export class RemotePod implements AsyncDisposable {
  readonly root: string;
  readonly folder: PodFolder;
  /** What the sidecar told of the pod. */
  readonly events: PodEvent[] = [];
  /** Of every step that was begun. */
  readonly steps: SlurmStep[] = [];
  readonly jobId = String(randomInt(1e9, 2e9));
  readonly #scratch: ScratchFolder;
  readonly #options: RemotePodOptions;
  readonly #jobs: RemoteJob[] = [];
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #links: PodLinks | undefined;
  #book: PodBook | undefined;

  private constructor(scratch: ScratchFolder, folder: PodFolder, options: RemotePodOptions) {
    this.#scratch = scratch;
    this.root = join(scratch.path, 'login');
    this.folder = folder;
    this.#options = options;
  }

  static async create(options: RemotePodOptions): Promise<RemotePod> {
    const scratch = new ScratchFolder();
    const root = join(scratch.path, 'login');
    const metadata = { uid: randomUUID(), namespace: 'ns', name: 'p' };
    const folder = new PodFolder(root, metadata);
    const spoolFolder = rootsIn(root).spool;
    const plan = jobPlan({ pod: metadata, podFolder: folder.path, spoolFolder, fileSystem: 'remote', ...options.plan });
    await mkdir(spoolFolder, { recursive: true });
    scratch.script('srun', ...(options.refusal === undefined ? asSrun : [`echo '${options.refusal}' >&2; exit 1`]));
    const { volumes = [] } = options;
    const spec = {
      containers: plan.containers.map(({ name, image }) => ({ name, image })),
      volumes: volumes.map(({ name }): Volume => ({ name, secret: { secretName: name } })),
    };
    await writePod(root, {
      ...{ request: { pod: { metadata, spec }, volumes: [...volumes] }, owner: { cluster: 'c', node: 'n' } },
      ...{ acceptedAt: new Date().toISOString(), order: anOrder(), pulls: [] },
      files: [
        ...jobFiles(plan).map((file) => ({ ...file, mode: 0o600 as const })),
        { path: 'job.sh', content: renderJobScript(plan), mode: 0o700 },
      ],
    });
    const pod = new RemotePod(scratch, folder, options);
    await pod.restart();
    return pod;
  }

  get entry(): PodEntry {
    const [entry] = this.#book?.all() ?? [];
    if (entry === undefined) throw new Error('no pod');
    return entry;
  }

  get links(): PodLinks {
    if (this.#links === undefined) throw new Error('the sidecar is killed');
    return this.#links;
  }

  /** Ends the sidecar's ends of all links, as when it is killed. */
  async kill(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#links = undefined;
  }

  /** A sidecar that knows what is on disk. */
  async restart(): Promise<void> {
    await this.kill();
    const logger = createLogger('test', 'silent');
    const book = new PodBook(this.root, () => Date.now(), logger);
    await book.load();
    const slurm = { spawnStep: this.#spawnStep.bind(this) };
    const spoolFolder = rootsIn(this.root).spool;
    book.tellTo({
      report: () => undefined,
      gone: () => undefined,
      relist: () => undefined,
      event: (_, event) => void this.events.push(event),
    });
    this.#book = book;
    this.#stop = new AbortController();
    this.#links = new PodLinks({ slurm, book, clock: systemClock, logger, spoolFolder, isShared: false });
    this.#running = this.#links.run(this.#stop.signal);
    this.look();
  }

  /** Slurm starts a job of the pod. */
  startJob({ number = 1, id = this.jobId, restarts = 0, node = 'node' } = {}): RemoteJob {
    const tmp = join(this.#scratch.path, node);
    const { PATH = '' } = process.env;
    const child = spawn(this.folder.file('job.sh'), [String(number)], {
      env: {
        ...{ PATH, SLURM_TMPDIR: tmp, SLURM_JOB_ID: id, SLURM_RESTART_COUNT: String(restarts) },
        ...{ INTERLINK_USAGE_MS: '500', INTERLINK_BACK_OFF_MS: '100' },
        ...this.#options.env,
      },
      stdio: 'ignore',
    });
    const ended = once(child, 'close').then(([code]) => code as number | null);
    const started = { process: child, ended, job: toJob(this.entry, id, restarts) };
    void ended.then(() => {
      this.#jobs.splice(this.#jobs.indexOf(started), 1);
      this.look();
    });
    this.#jobs.push(started);
    this.look();
    return started;
  }

  /** Tells what squeue shows. */
  look(): void {
    this.#links?.see(
      this.entry,
      this.#jobs.map(({ job }) => job),
    );
  }

  /** Tells that squeue shows its job in a state, which does not run. */
  lookAt(state: PodJob['state']): void {
    this.#links?.see(this.entry, [{ ...toJob(this.entry, this.jobId, 0), state }]);
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.folder.path, path), 'utf8').catch(() => '');
  }

  /** What an attempt has said, as it was. */
  async log(container: string, attempt = 0): Promise<string> {
    const lines = (await this.read(`containers/${container}/${attempt}/log`)).split('\n').slice(0, -1);
    const contents = lines.map(
      (line) => parseLogRecord(Buffer.from(line))?.content ?? Buffer.from(`no record: ${line}\n`),
    );
    return Buffer.concat(contents).toString();
  }

  async write(path: string, text: string): Promise<void> {
    await writeFile(join(this.folder.path, path), text);
  }

  /** Kills all that runs of the job on its node at once, as Slurm does. */
  async killJob({ process: child, ended }: RemoteJob): Promise<void> {
    child.kill('SIGSTOP');
    const [lock = ''] = (await this.nodeFiles()).map((name) => join(this.#scratch.path, 'node', name, 'lock'));
    for await (const fd of glob('/proc/[0-9]*/fd/*')) {
      const [pid] = /\d+/.exec(fd) ?? [];
      if ((await readlink(fd).catch(() => '')) === lock && pid !== String(child.pid))
        process.kill(Number(pid), 'SIGKILL');
    }
    child.kill('SIGKILL');
    await ended;
  }

  async nodeFiles(node = 'node'): Promise<string[]> {
    return await readdir(join(this.#scratch.path, node)).catch(() => []);
  }

  /** Makes a node that jobs can run on. */
  async addNode(node = 'node'): Promise<void> {
    await mkdir(join(this.#scratch.path, node), { recursive: true });
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000 * PATIENCE;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`${what}: not seen. ${await this.#describe()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #describe(): Promise<string> {
    return [await this.read('pod.state'), await this.read('events'), await this.read('slurm.out')].join('\n');
  }

  #spawnStep(jobId: string, argv: ReadonlyArray<string>, options: StepOptions): SlurmStep {
    const srun = { argv: [join(this.#scratch.path, 'srun')], remoteFrom: undefined };
    const limit = this.#options.cutAfter?.[this.steps.length];
    const whole = spawnStep(srun, jobId, argv, process.env, options);
    const step = limit === undefined ? whole : { ...whole, stdin: cutOff(whole, limit) };
    this.steps.push(step);
    return step;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process: child } of this.#jobs) child.kill('SIGKILL');
    await Promise.all(this.#jobs.map(async ({ ended }) => await ended));
    await this.kill();
    for await (const pointer of glob(`/tmp/interlink-job-${this.jobId}.*`)) await rm(pointer);
    this.#scratch[Symbol.dispose]();
  }
}

/** Its input, which passes so many bytes on and then ends the step. */
function cutOff(step: SlurmStep, limit: number): Writable {
  let left = limit;
  return new Writable({
    write: (chunk: Buffer, _, done) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      step.stdin.write(part, () => {
        if (left === 0) step.close();
        done();
      });
    },
    final: (done) => void step.stdin.end(done),
  });
}

function toJob(entry: PodEntry, id: string, restarts: number): PodJob {
  return {
    ...{ id, restarts, identity: entry.reference, state: 'RUNNING', reason: undefined, exit: undefined },
    ...{ submitTime: new Date(), startTime: new Date(), estimatedStart: undefined, endTime: undefined },
    ...{ nodes: 'c1', batchHost: 'c1', partition: 'main', timeLimitMinutes: undefined, cancelledBy: undefined },
    workingDirectory: entry.folder.path,
  };
}
