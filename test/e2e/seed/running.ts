import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '../../testbed/index.ts';

/** A command that stays, in a group of its own: whatever it starts is ended with it. */
export class Running {
  readonly #child: ChildProcess;
  #said = '';

  constructor([file = '', ...args]: ReadonlyArray<string>, options: { cwd: string; env: Record<string, string> }) {
    this.#child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data) => {
        this.#said += data;
      });
    }
  }

  /** Waits until it has said something, on either output. @throws with all that it has said */
  async waitFor(words: string | RegExp): Promise<string> {
    return await waitFor(
      `${words} to be said`,
      () => {
        const [found] = this.#said.match(words) ?? [];
        if (found !== undefined) return found;
        throw new Error(this.#said.slice(-3_000));
      },
      { timeoutMs: 60_000 },
    );
  }

  async end(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    process.kill(-pid, 'SIGTERM');
    await ended;
  }
}
