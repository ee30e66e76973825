import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

const stopTimeoutMs = 10_000;
// Beside this file's folder, as source and as it is built.
const main = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

export interface DemoPartOptions {
  /** The command's name: `vk`, `interlink`, `docker-sidecar`, … */
  readonly name: string;
  readonly args: ReadonlyArray<string>;
  readonly env: Readonly<Record<string, string>>;
  /** For its log. */
  readonly directory: string;
}

/** One process of the demo's site: this very program under another of its names. */
export class DemoPart {
  readonly logFile: string;
  readonly name: string;
  readonly #child: ChildProcess;

  constructor({ name, args, env, directory }: DemoPartOptions) {
    this.name = name;
    this.logFile = join(directory, `${name}.log`);
    const log = openSync(this.logFile, 'a', 0o600);
    // A group of its own: Ctrl-C is for the demo, which ends its parts in order.
    const stdio = ['ignore' as const, log, log];
    // The single-file executable goes by the name that it is called.
    const argv = isSea() ? args : [...process.execArgv, main, name, ...args];
    this.#child = spawn(process.execPath, argv, { argv0: name, env, detached: true, stdio });
    this.#child.once('error', () => undefined);
  }

  /** Undefined while it runs. */
  get ending(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return undefined;
    return `${this.name} ended with ${signalCode ?? `exit code ${exitCode}`}: see ${this.logFile}`;
  }

  async stop(): Promise<void> {
    if (this.ending !== undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(killing);
  }
}
