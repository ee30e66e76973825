import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createLogger,
  type Logger,
  type News,
  type PodEvent,
  type PodReport,
  type PodRequest,
  recordOf,
} from '@interlink/sidecar-sdk';
import { SlurmBackend } from '../backend.ts';
import { formatKeyValues } from '../folder/key-values.ts';
import { PodFolder } from '../folder/pod-folder.ts';
import type { PlannedPull } from '../pull/plan-pulls.ts';
import { ScriptedPulls } from '../pull/testing/scripted-pulls.ts';
import { ManualClock } from '../slurm/testing/manual-clock.ts';
import { SimulatedSlurm } from '../slurm/testing/simulated-slurm.ts';

export const owner = { cluster: 'c', node: 'slurm' };

export function uidOf(number: number): string {
  return `11111111-1111-4111-8111-${String(number).padStart(12, '0')}`;
}

export function podRequest(number = 1, spec: Partial<PodRequest['pod']['spec']> = {}): PodRequest {
  const metadata = { uid: uidOf(number), namespace: 'ns', name: `p${number}` };
  return { pod: { metadata, spec: { containers: [{ name: 'main', image: 'busybox' }], ...spec } }, volumes: [] };
}

const pullFiles = ['pull.sh', 'auth.json', 'auth-1.json'].map((path) => ({ path, content: '', mode: 0o600 as const }));

type Values = Readonly<Record<string, string | number>>;

/** The backend over Slurm in memory, a clock that is moved by hand, and a real folder in which the test plays the jobs. */
export class RunningBackend implements AsyncDisposable {
  readonly clock = new ManualClock(Date.parse('2027-01-01T00:00:00Z'));
  readonly slurm = new SimulatedSlurm(this.clock);
  readonly events: PodEvent[] = [];
  /** Lines of the level info. */
  readonly logged: Array<Record<string, unknown>> = [];
  readonly reports = new Map<string, PodReport>();
  readonly images = new ScriptedPulls();
  /** What is pulled for pods before they get a job. */
  pulls: ReadonlyArray<PlannedPull> = [];
  readonly #root: string;
  #backend: SlurmBackend | undefined;
  #stop = new AbortController();
  #running: Promise<void> | undefined;

  private constructor(root: string) {
    this.#root = root;
  }

  static async start(): Promise<RunningBackend> {
    const running = new RunningBackend(await mkdtemp(join(tmpdir(), 'interlink-slurm-')));
    await running.restart();
    return running;
  }

  get backend(): SlurmBackend {
    if (this.#backend === undefined) throw new Error('the backend is killed');
    return this.#backend;
  }

  /** Nothing is kept but folders and Slurm. */
  async restart(): Promise<void> {
    await this.kill();
    this.#stop = new AbortController();
    const { clock, slurm } = this;
    const opening = SlurmBackend.open({
      ...{
        slurm,
        clock,
        root: this.#root,
        isShared: true,
        pollIntervalMs: 1_000,
        retentionMs: 0,
        logger: this.#logger(),
        pull: this.images.pull,
      },
      planner: {
        plan: async (request, podOwner, folder) => ({
          order: {
            identity: { owner: podOwner, ...request.pod.metadata },
            ...{ jobName: request.pod.metadata.name, options: [], export: 'NIL', requeue: 'no-requeue' },
            ...{ endWarning: undefined, scriptPath: folder.file('job.sh'), outputPath: folder.file('slurm.out') },
            workingDirectory: folder.path,
          },
          ...{
            script: Buffer.from(''),
            files: this.pulls.length === 0 ? [] : pullFiles,
            pulls: this.pulls,
            warnings: [],
          },
        }),
      },
      requestsMade: () => 0,
      capabilities: async () => {
        throw new Error('nobody asks');
      },
    });
    this.#backend = await this.#passing(opening);
    const news: News = {
      report: ({ report }) => void this.reports.set(report.uid, report),
      gone: (uid) => void this.reports.delete(uid),
      // As whoever is told does: of a pod that was not heard of, no event is heard either.
      event: (uid, event) => void (this.reports.has(uid) && this.events.push(event)),
      relist: () => undefined,
    };
    for (const { report } of await this.#backend.list()) this.reports.set(report.uid, report);
    this.#running = this.#backend.watch(news, this.#stop.signal);
  }

  #logger(): Logger {
    const logger = createLogger('slurm-test', 'silent');
    logger.info = (fields: unknown, said?: string) => void this.logged.push({ ...recordOf(fields), said });
    return logger;
  }

  async kill(): Promise<void> {
    this.#stop.abort();
    let isRunning = this.#running !== undefined;
    void this.#running?.finally(() => {
      isRunning = false;
    });
    while (isRunning) await this.pass(10);
    this.#backend = undefined;
  }

  folder(number = 1): PodFolder {
    return new PodFolder(this.#root, podRequest(number).pod.metadata);
  }

  async create(...numbers: number[]): Promise<void> {
    await this.createPods(...numbers.map((number) => podRequest(number)));
  }

  /** Time passes until it has answered. */
  async createPods(...requests: PodRequest[]): Promise<void> {
    await this.#passing(Promise.all(requests.map(async (request) => await this.backend.create(request, owner))));
  }

  /** Time passes until it is done. */
  async #passing<T>(doing: Promise<T>): Promise<T> {
    let isWaiting = true;
    const done = doing.finally(() => {
      isWaiting = false;
    });
    done.catch(() => undefined);
    while (isWaiting) await this.pass(10);
    return await done;
  }

  /** What the pod's job writes, and that it says so. */
  async jobWrites(number: number, podState: Values, containers: Readonly<Record<string, Values>> = {}): Promise<void> {
    const folder = this.folder(number);
    await writeFile(folder.file('pod.state'), formatKeyValues(podState));
    // How long a job has been silent is told by its files' times: they are the clock's.
    const now = new Date(this.clock.now());
    await utimes(folder.file('pod.state'), now, now);
    for (const [name, values] of Object.entries(containers)) {
      await mkdir(folder.attempt(name, 0), { recursive: true });
      await writeFile(folder.container(name, 'state'), formatKeyValues(values));
    }
    await this.announces(number);
  }

  /** Says that the pod's job has news. */
  async announces(number: number): Promise<void> {
    await writeFile(join(this.spoolFolder, uidOf(number)), '');
  }

  get spoolFolder(): string {
    return join(this.#root, '.spool');
  }

  /** Lets time pass until it is so. @throws Error after ten minutes of the clock's */
  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let passed = 0; passed < 600_000; passed += 500) {
      if (await isSo()) return;
      await this.pass(500);
    }
    throw new Error(`never: ${what}; reports ${JSON.stringify([...this.reports.values()])}`);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    // The clock does not wait for the disk: what is being read or written is awaited before time goes on.
    do await delay(1);
    while (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name === 'CloseReq'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#root, { recursive: true, force: true });
  }
}
