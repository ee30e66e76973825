import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  type Backend,
  type Container,
  type ContainerStatus,
  InterLinkError,
  type LogLine,
  type News,
  type OwnedReport,
  type Owner,
  type PodRequest,
  pathBelow,
  renderLine,
  runProcess,
  runSidecar,
  selectLines,
  sleep,
} from '@interlink/sidecar-sdk';

// A plugin whose containers are processes of this account. What it leaves out it says: images, isolation, restarts, probes, updates.

const signals = { term: 'SIGTERM', kill: 'SIGKILL' } as const;
let news: News | undefined;

class RunningContainer {
  readonly spec: Container;
  readonly lines: LogLine[] = [];
  state: ContainerStatus['state'] = { waiting: { reason: 'PodInitializing' } };
  #process: ChildProcess | undefined;

  constructor(spec: Container) {
    this.spec = spec;
  }

  /** Resolves when it has ended, and nothing that it started is left. */
  async run(folder: string, env: Record<string, string>, changed: () => void): Promise<number> {
    const [program = '', ...args] = [...(this.spec.command ?? []), ...(this.spec.args ?? [])];
    const own = Object.fromEntries((this.spec.env ?? []).map(({ name, value = '' }) => [name, value]));
    const startedAt = new Date().toISOString();
    const child = spawn(program, args, {
      cwd: this.spec.workingDir ?? folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process = child;
    const readers = [child.stdout, child.stderr].map(async (stream) => await this.#read(stream));
    const exit = new Promise<{ exitCode: number; message?: string }>((resolve) => {
      child.once('error', ({ message }) => resolve({ exitCode: 128, message }));
      child.once('exit', (code) => resolve({ exitCode: code ?? 137 }));
    });
    this.state = { running: { startedAt } };
    changed();
    const end = await exit;
    this.kill('kill');
    await Promise.allSettled(readers);
    const reason = end.exitCode === 0 ? 'Completed' : 'Error';
    this.state = { terminated: { ...end, reason, startedAt, finishedAt: new Date().toISOString() } };
    changed();
    return end.exitCode;
  }

  async #read(stream: Readable): Promise<void> {
    let rest = Buffer.alloc(0);
    const add = (end: number) => {
      if (end > 0) this.lines.push({ time: new Date().toISOString(), content: rest.subarray(0, end) });
      rest = rest.subarray(end);
    };
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      while (rest.includes(10)) add(rest.indexOf(10) + 1);
    }
    add(rest.length);
  }

  kill(how: keyof typeof signals): void {
    try {
      if (this.#process?.pid !== undefined) process.kill(-this.#process.pid, signals[how]);
    } catch {
      // Nothing of it is left.
    }
  }

  status(): ContainerStatus {
    const { name, image = '' } = this.spec;
    return { name, image, imageID: '', state: this.state, ready: this.state.running !== undefined, restartCount: 0 };
  }
}

class RunningPod {
  readonly owner: Owner;
  readonly request: PodRequest;
  readonly init: RunningContainer[];
  readonly main: RunningContainer[];
  isEnding = false;
  isOver = false;

  constructor(request: PodRequest, owner: Owner) {
    const { spec } = request.pod;
    this.owner = owner;
    this.request = request;
    this.init = (spec.initContainers ?? []).map((each) => new RunningContainer(each));
    this.main = spec.containers.map((each) => new RunningContainer(each));
    const refused = [
      ...(spec.restartPolicy === 'Never' ? [] : ['a restartPolicy other than Never']),
      ...[...this.init, ...this.main].flatMap(({ spec: { name, command = [], args = [], ...rest } }) => [
        ...(command.length + args.length === 0 ? [`container ${name} without a command`] : []),
        ...(rest.startupProbe || rest.livenessProbe || rest.readinessProbe || rest.lifecycle || rest.restartPolicy
          ? [`probes, hooks and restarts of container ${name}`]
          : []),
      ]),
    ];
    if (refused.length > 0) throw new InterLinkError('failed_precondition', `Not here: ${refused.join('; ')}`);
  }

  get containers(): RunningContainer[] {
    return [...this.init, ...this.main];
  }

  /** Writes what it needs and begins it. @throws what keeps it from beginning */
  async start(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'interlink-pod-'));
    const end = async () => {
      this.isOver = true;
      await rm(folder, { recursive: true, force: true });
      if (this.isEnding) forget(this);
    };
    try {
      const env = await this.#writeVolumes(folder);
      void this.#run(folder, env).then(end, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  async #run(folder: string, env: Record<string, string>): Promise<void> {
    const tell = () => news?.report(this.report());
    for (const container of this.init) if (this.isEnding || (await container.run(folder, env, tell)) !== 0) return;
    if (!this.isEnding) await Promise.all(this.main.map(async (container) => await container.run(folder, env, tell)));
  }

  /** A folder for each; `INTERLINK_VOLUME_…` says where it is. */
  async #writeVolumes(folder: string): Promise<Record<string, string>> {
    const env: Record<string, string> = {};
    for (const { name } of this.request.pod.spec.volumes ?? []) {
      const volume = join(folder, 'volumes', name);
      env[`INTERLINK_VOLUME_${name.toUpperCase().replaceAll('-', '_')}`] = volume;
      await mkdir(volume, { recursive: true });
      for (const { path, mode, data } of this.request.volumes.find((each) => each.name === name)?.files ?? []) {
        const file = pathBelow(volume, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, Buffer.from(data, 'base64'), { mode });
      }
    }
    return env;
  }

  report(): OwnedReport {
    const { uid, namespace, name } = this.request.pod.metadata;
    const statuses = (containers: RunningContainer[]) => containers.map((container) => container.status());
    const init = this.init.length === 0 ? {} : { initContainerStatuses: statuses(this.init) };
    return {
      owner: this.owner,
      report: { uid, namespace, name, status: { containerStatuses: statuses(this.main), ...init } },
    };
  }
}

const pods = new Map<string, RunningPod>();

function forget({ request }: RunningPod): void {
  pods.delete(request.pod.metadata.uid);
  news?.gone(request.pod.metadata.uid);
}

async function* read(container: RunningContainer, options: Parameters<Backend['logs']>[2], signal: AbortSignal) {
  let told = container.lines.length;
  yield* selectLines(container.lines, options, Date.now());
  while (options.follow === true && !signal.aborted) {
    const hasEnded = container.state.terminated !== undefined;
    for (const line of container.lines.slice(told)) yield renderLine(line, options);
    told = container.lines.length;
    if (hasEnded) return;
    await sleep(200, signal);
  }
}

const backend: Backend = {
  capabilities: async () => ({
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'typescript-example', version: '1' },
    verbs: ['create', 'delete', 'list', 'watch', 'log'],
    volumeTypes: ['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'],
    queues: false,
    durable: false,
    pools: [{ name: 'default', capacity: { cpu: `${cpus().length}`, memory: `${totalmem()}`, pods: '110' } }],
    warnings: ['images are ignored, nothing is isolated', 'pods are kept in memory only: a restart forgets them'],
  }),
  list: async () => [...pods.values()].map((pod) => pod.report()),
  watch: async (told, signal) => {
    news = told;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  },
  create: async (request, owner) => {
    const pod = new RunningPod(request, owner);
    await pod.start();
    pods.set(request.pod.metadata.uid, pod);
    return pod.report().report;
  },
  delete: async ({ uid }, gracePeriodSeconds) => {
    const pod = pods.get(uid);
    if (pod === undefined) return;
    if (pod.isOver) return forget(pod);
    if (!pod.isEnding) for (const container of pod.containers) container.kill('term');
    pod.isEnding = true;
    setTimeout(() => pod.containers.map((container) => container.kill('kill')), gracePeriodSeconds * 1_000).unref();
  },
  logs: async ({ uid }, name, options, signal) => {
    const container = pods.get(uid)?.containers.find(({ spec }) => spec.name === name);
    if (container === undefined || options.previous)
      throw new InterLinkError('not_found', `No log of container ${name}`);
    if (container.state.waiting) throw new InterLinkError('failed_precondition', `Container ${name} has not started`);
    return read(container, options, signal);
  },
};

const definition = { name: 'typescript-plugin', createBackend: async () => backend };
const code = await runProcess(definition.name, async (signal) => await runSidecar(definition, signal));
for (const pod of pods.values()) for (const container of pod.containers) container.kill('kill');
process.exit(code);
