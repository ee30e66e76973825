import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandLine } from '../process/die-with-parent.ts';
import { waitFor } from '../wait-for.ts';
import { findDaemonPid } from './daemon-pid.ts';
import { requestEngine } from './engine-api.ts';

/** dockerd is started whenever it has ended and the folder that comes first is empty; its pid file may be of one that was killed. */
const loop =
  'down=$0; pid=$1; shift; while :; do while [ -n "$(ls -A "$down")" ]; do sleep 0.1; done; rm -f "$pid"; "$@"; done';

export interface DockerDaemonOptions {
  readonly socket: string;
  readonly pidFile: string;
  /** Empty. */
  readonly downs: string;
}

/** A dockerd that is stopped and killed without the containers that it has begun, as a service manager does; several may want it down at a time. */
export class DockerDaemon {
  readonly #options: DockerDaemonOptions;

  constructor(options: DockerDaemonOptions) {
    this.#options = options;
  }

  /** The command that starts this one again and again. */
  toCommandLine(argv: ReadonlyArray<string>): CommandLine {
    return ['sh', ['-c', loop, this.#options.downs, this.#options.pidFile, ...argv]];
  }

  /** Ends it, if it runs. @returns what has it started again, and waits until it answers */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<() => Promise<void>> {
    const down = join(this.#options.downs, randomUUID());
    await writeFile(down, '');
    const pid = findDaemonPid(this.#options.socket);
    if (pid !== undefined) {
      send(pid, signal);
      await waitFor('dockerd to end', async () => !existsSync(`/proc/${pid}`), { intervalMs: 20 });
    }
    return async () => {
      await rm(down);
      await waitFor('dockerd to answer', async () => await answersPing(this.#options.socket));
    };
  }

  /** SIGSTOP. @returns what has it go on */
  pause(): () => void {
    const pid = findDaemonPid(this.#options.socket);
    if (pid === undefined) return () => undefined;
    send(pid, 'SIGSTOP');
    return () => send(pid, 'SIGCONT');
  }
}

export async function answersPing(socket: string): Promise<boolean> {
  return await requestEngine(socket, { method: 'GET', path: '/_ping' }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
