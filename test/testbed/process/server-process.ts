import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE } from '../patience.ts';
import { dieWithParent } from './die-with-parent.ts';

export interface ServerCommand {
  /** Said in messages. */
  name: string;
  file: string;
  args: readonly string[];
  /** Takes both output streams. */
  logFile: string;
  env?: NodeJS.ProcessEnv | undefined;
  /** How to reach the server when it is not the process started itself, but one below it; default `process.kill`. */
  kill?: (pid: number, signal: NodeJS.Signals) => void;
}

const STOP_TIMEOUT_MS = 5_000;
const LOG_TAIL_LINES = 15;

/** A server that runs as a child of this process, and no longer than it. */
export class ServerProcess {
  readonly name: string;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #kill: (pid: number, signal: NodeJS.Signals) => void;
  #ended: string | undefined;

  constructor(command: ServerCommand) {
    this.name = command.name;
    this.#logFile = command.logFile;
    this.#kill = command.kill ?? process.kill;
    const log = openSync(command.logFile, 'a', 0o600);
    const [file, args] = dieWithParent(command.file, command.args);
    this.#child = spawn(file, args, { stdio: ['ignore', log, log], env: command.env ?? process.env });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.#ended = how;
        resolve();
      };
      this.#child.once('error', (error) => end(`could not be started: ${error.message}`));
      this.#child.once('exit', (code, signal) => end(`exited with ${signal ?? `code ${code}`}`));
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw this.failure('tell its process id');
    return pid;
  }

  get hasExited(): boolean {
    return this.#ended !== undefined;
  }

  /** The error to report when the server did not come up, or went away, with the end of its log. */
  failure(action: string): Error {
    const how = this.#ended ?? 'is running, but did not answer in time';
    const tail = readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    return new Error(`Cannot ${action}: ${this.name} ${how}; the end of ${this.#logFile}:\n${tail}`);
  }

  /** Ends the server: with SIGTERM, unless told otherwise, then SIGKILL when it takes too long. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { pid } = this.#child;
    if (this.hasExited || pid === undefined) return;
    this.#kill(pid, signal);
    const timeout = new AbortController();
    await Promise.race([
      this.exited,
      sleep(STOP_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
    if (!this.hasExited) this.#kill(pid, 'SIGKILL');
    await this.exited;
  }
}

export interface ReadinessOptions {
  timeoutMs: number;
  signal: AbortSignal;
}

const POLL_INTERVAL_MS = 50;

/** Waits until `isReady` says so; throws as soon as the server is gone, the time is over, or the signal says stop. */
export async function waitUntilReady(
  server: ServerProcess,
  isReady: () => Promise<boolean>,
  options: ReadinessOptions,
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs * PATIENCE;
  while (!(await isReady())) {
    options.signal.throwIfAborted();
    if (server.hasExited || performance.now() > deadline) throw server.failure(`start ${server.name}`);
    await sleep(POLL_INTERVAL_MS, undefined, { signal: options.signal });
  }
}
