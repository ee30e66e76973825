import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownCommand } from './own-command.ts';

const stopTimeoutMs = 10_000;

export interface DemoPartOptions {
  /** The command's name: `vk`, `interlink`, `docker-sidecar`, … */
  readonly name: string;
  readonly args: ReadonlyArray<string>;
  readonly env: Readonly<Record<string, string>>;
  /** For its log. */
  readonly directory: string;
}

/** One process of the demo's site: this very program under another of its names. It ends with the process that made it. */
export class DemoPart {
  /** How it ended, once it has. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor({ name, args, env, directory }: DemoPartOptions) {
    const logFile = join(directory, `${name}.log`);
    const log = openSync(logFile, 'a', 0o600);
    const command = ownCommand(name, ...args);
    // The channel carries nothing; its end tells that nobody is left who would stop it.
    this.#child = spawn(process.execPath, command.args, {
      ...{ argv0: command.argv0, env, detached: true },
      stdio: ['ignore', log, log, 'ipc'],
    });
    this.ended = once(this.#child, 'exit').then(
      // The log goes with the demo's folder.
      ([code, signal]) => `${name} ended with ${signal ?? `exit code ${code}`}: ${lastLine(logFile)}`,
      (error: Error) => `${name} can't be started: ${error.message}`,
    );
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.ended;
    clearTimeout(killing);
  }
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}
