import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PATIENCE } from '../patience.ts';
import { type CommandLine, dieWithParent } from '../process/die-with-parent.ts';

/** Another place than this machine and account for a process of a site. */
export interface Place {
  /** How a command is run there by a child of this process. */
  toCommandLine(argv: ReadonlyArray<string>): Promise<CommandLine>;
  /** Reaches the command by the child's pid. */
  signal(pid: number, signal: NodeJS.Signals): void;
}

export interface SitePartOptions {
  /** The command's name: `vk`, `interlink`, `docker-sidecar`, … */
  readonly name: string;
  readonly args: ReadonlyArray<string>;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Folder of executables to run in place of the sources. */
  readonly binaries?: string | undefined;
  readonly place?: Place | undefined;
}

const main = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const startTimeoutMs = 60_000 * PATIENCE;
const stopTimeoutMs = 10_000;

/** One process of a site. It can be killed and started again; its log goes on in the same file. */
export class SitePart {
  readonly name: string;
  readonly logFile: string;
  readonly #options: SitePartOptions;
  #child: ChildProcess | undefined;
  /** Where the present run's lines begin in the log. */
  #logStart = 0;

  constructor(options: SitePartOptions) {
    this.name = options.name;
    this.logFile = join(options.directory, `${options.name}.log`);
    this.#options = options;
  }

  /** Of the process that runs now. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    return pid;
  }

  /**
   * Starts the process. With `until`, returns when its log has a line with that message; throws with the log's end when it
   * won't come.
   * @param env variables of this one run, over the part's own
   */
  async start(until?: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { name, args: more, binaries, place } = this.#options;
    const source = [process.execPath, '--conditions=interlink-source', main, name];
    const [program = '', ...argv] = [...(binaries === undefined ? source : [join(binaries, name)]), ...more];
    const command = (await place?.toCommandLine([program, ...argv])) ?? ([program, argv] as const);
    const log = openSync(this.logFile, 'a', 0o600);
    this.#logStart = readFileSync(this.logFile).length;
    const [file, args] = dieWithParent(...command);
    // A group of its own: Ctrl-C is for whoever started the site, which ends it in order.
    this.#child = spawn(file, args, {
      stdio: ['ignore', log, log],
      env: { ...this.#options.env, ...env },
      detached: true,
    });
    closeSync(log);
    if (until !== undefined) await this.#waitForLine(until, this.#child);
  }

  /** `kill -9`: nothing is said good-bye to. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, and SIGKILL when that takes too long. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Sends it a signal and does not wait for what comes of it. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child !== undefined) this.#signal(this.#child, signal);
  }

  /** Waits until the process has ended, by itself or not. @returns its exit code; null when a signal ended it */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) throw new Error(`${this.name} does not run`);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  /** What the present run has logged. */
  log(): string {
    return readFileSync(this.logFile).subarray(this.#logStart).toString('utf8');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    this.#signal(child, signal);
    const timeout = new AbortController();
    await Promise.race([exited, sleep(stopTimeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined)]);
    timeout.abort();
    if (child.exitCode === null && child.signalCode === null) this.#signal(child, 'SIGKILL');
    await exited;
  }

  #signal(child: ChildProcess, signal: NodeJS.Signals): void {
    const { place } = this.#options;
    if (place === undefined || child.pid === undefined) child.kill(signal);
    else place.signal(child.pid, signal);
  }

  async #waitForLine(message: string, child: ChildProcess): Promise<void> {
    const deadline = performance.now() + startTimeoutMs;
    while (!this.log().includes(`"msg":"${message}"`)) {
      const isOver = child.exitCode !== null || child.signalCode !== null || performance.now() > deadline;
      if (isOver) throw new Error(`${this.name} did not come up; its log:\n${this.log().slice(-4_000)}`);
      await sleep(50);
    }
  }
}
