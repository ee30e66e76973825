import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseLogRecord } from '@interlink/sidecar-sdk';
import { PATIENCE } from '../../../../../test/testbed/patience.ts';
import { jobFiles } from '../job-files.ts';
import type { JobPlan } from '../job-plan.ts';
import { renderJobScript } from '../render-job-script.ts';
import { readKeyValues } from './key-values.ts';
import { jobPlan } from './plans.ts';

/** Times of the script, shrunk: a back-off of 10 s takes 200 ms, a second of the pod's own numbers takes `secondMs`. */
const shrunk = { INTERLINK_BACK_OFF_MS: '200', INTERLINK_MAX_BACK_OFF_MS: '800', INTERLINK_USAGE_MS: '500' };

export interface JobRunOptions {
  /** Default: 1000. */
  readonly secondMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The script does not find perl; its containers do. */
  readonly withoutPerl?: boolean;
  /** Files can be made, and nothing can be written into them, as on a disk that is full. */
  readonly withoutSpace?: boolean;
  /** Further files of the pod's folder, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A pod's script, run by the real bash in a temporary folder, without Slurm. */
export class JobRun implements AsyncDisposable {
  readonly plan: JobPlan;
  readonly root: string;
  readonly process: ChildProcess;
  /** Its own chatter. */
  output = '';
  readonly #ended: Promise<number>;

  private constructor(plan: JobPlan, root: string, process: ChildProcess) {
    this.plan = plan;
    this.root = root;
    this.process = process;
    for (const stream of [process.stdout, process.stderr]) stream?.on('data', (text) => (this.output += text));
    this.#ended = once(process, 'close').then(([code, signal]) => code ?? `signal ${signal}`);
  }

  static async start(parts: Partial<JobPlan>, options: JobRunOptions = {}): Promise<JobRun> {
    const root = await mkdtemp(join(tmpdir(), 'interlink-job-'));
    const plan = jobPlan({ podFolder: join(root, 'pod'), spoolFolder: join(root, '.spool'), ...parts });
    await mkdir(plan.spoolFolder);
    for (const { path, content } of jobFiles(plan)) await writeBelow(plan.podFolder, path, content);
    for (const { name } of plan.containers) await mkdir(join(plan.podFolder, 'containers', name), { recursive: true });
    for (const [path, content] of Object.entries(options.files ?? {})) await writeBelow(plan.podFolder, path, content);
    await writeFile(join(root, 'job.sh'), renderJobScript(plan), { mode: 0o700 });
    return JobRun.again(plan, root, options);
  }

  /** The same job once more, as when it was queued again. */
  static again(
    plan: JobPlan,
    root: string,
    { secondMs = 1_000, env = {}, withoutPerl = false, withoutSpace = false }: JobRunOptions = {},
  ): JobRun {
    const { PATH = '' } = process.env;
    const times = { ...shrunk, INTERLINK_SECOND_MS: String(secondMs) };
    // As on a cluster whose accounts share by their groups.
    const full = withoutSpace ? 'trap "" XFSZ; ulimit -f 0; ' : '';
    const child = spawn('/bin/sh', ['-c', `${full}umask 0002; exec "$0"`, join(root, 'job.sh')], {
      env: {
        PATH: withoutPerl ? pathWithoutPerl(root) : PATH,
        TMPDIR: root,
        HOME: '/nowhere',
        LEAKED: 'yes',
        SLURM_JOB_ID: '7',
        ...times,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new JobRun(plan, root, child);
  }

  /** The script's exit code. @throws Error when it does not end */
  async ended(): Promise<number> {
    let ended: number | undefined;
    void this.#ended.then((code) => (ended = code));
    await this.until('the end of the job', () => ended !== undefined);
    return await this.#ended;
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  async state(container: string): Promise<Record<string, string>> {
    return readKeyValues(await this.read(`containers/${container}/state`));
  }

  async pod(): Promise<Record<string, string>> {
    return readKeyValues(await this.read('pod.state'));
  }

  /** `Normal Started main Container started`, without times. */
  async events(): Promise<string[]> {
    const lines = (await this.read('events')).split('\n').slice(0, -1);
    return lines.map((line) => line.split('\t').slice(1).join(' '));
  }

  /** What an attempt has said, as it was. */
  async log(container: string, attempt = 0): Promise<Buffer> {
    const file = await readFile(join(this.plan.podFolder, `containers/${container}/${attempt}/log`));
    const parts: Buffer[] = [];
    for (let start = 0, end = 0; start < file.length; start = end + 1) {
      end = file.indexOf('\n', start);
      const line = parseLogRecord(file.subarray(start, end));
      if (line === undefined) throw new Error(`no record: ${file.subarray(start, end)}`);
      parts.push(line.content);
    }
    return Buffer.concat(parts);
  }

  async text(container: string, attempt = 0): Promise<string> {
    return (await this.log(container, attempt)).toString();
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.plan.podFolder, path), 'utf8').catch(() => '');
  }

  async write(path: string, content: string): Promise<void> {
    await writeBelow(this.plan.podFolder, path, content);
  }

  /** What is left in the temporary folder beside the pod's own. */
  async leftovers(): Promise<string[]> {
    return (await readdir(this.root)).filter((name) => name.startsWith('interlink-'));
  }

  /** Waits for what the job writes. It looks often: only the waiting of a test depends on it. */
  async until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + 40_000 * PATIENCE;
    while (!(await check())) {
      if (Date.now() > deadline) throw new Error(`${what}: not seen. ${await this.#describe()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async untilState(container: string, wanted: Readonly<Record<string, string>>): Promise<void> {
    await this.until(`${container} ${JSON.stringify(wanted)}`, async () => {
      const state = await this.state(container);
      return Object.entries(wanted).every(([key, value]) => state[key] === value);
    });
  }

  async #describe(): Promise<string> {
    const states = this.plan.containers.map(({ name }) => this.read(`containers/${name}/state`));
    return [this.output, await this.read('pod.state'), ...(await Promise.all(states)), await this.read('events')].join(
      '\n',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      // Whoever it has begun may live on, and hold them.
      for (const stream of [this.process.stdout, this.process.stderr]) stream?.destroy();
    }
    await this.#ended;
    await rm(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function writeBelow(folder: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content, { mode: 0o600 });
}

/** A folder with what the script needs, perl left out. */
function pathWithoutPerl(root: string): string {
  const folder = join(root, 'bin');
  mkdirSync(folder, { recursive: true });
  for (const name of [
    'bash',
    'mv',
    'rm',
    'mkdir',
    'mktemp',
    'chmod',
    'realpath',
    'getent',
    'hostname',
    'date',
    'cat',
    'sleep',
  ]) {
    const program = ['/usr/bin', '/bin'].map((place) => join(place, name)).find(existsSync);
    if (program !== undefined && !existsSync(join(folder, name))) symlinkSync(program, join(folder, name));
  }
  return folder;
}
