import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { recordContent } from '../../streams/record-content.ts';
import type { JobRun } from './job-run.ts';

/** Somebody who is attached to a container of a job, by the script that a step runs. */
export class AttachedClient implements Disposable {
  /** What the container has said since. */
  said = '';
  /** The lines before it: the mark `<mark>` and the terminal's device. */
  named = '';
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;

  constructor(job: JobRun, container: string) {
    const path = join(job.plan.podFolder, 'containers', container, 'attach');
    this.#process = spawn('bash', [path, '<mark>'], { detached: true });
    this.#process.stdin.on('error', () => undefined);
    this.#process.stderr.on('data', (text) => (this.named += text));
    this.#ended = Promise.all([once(this.#process, 'close'), this.#read()]);
  }

  type(text: string): void {
    this.#process.stdin.write(text);
  }

  /** It has no more to say. */
  finish(text = ''): void {
    this.#process.stdin.end(text);
  }

  /** It is cut off, as the processes of a step are. */
  cut(): void {
    if (this.#process.pid !== undefined && this.#process.exitCode === null) process.kill(-this.#process.pid, 'SIGKILL');
  }

  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#process.exitCode;
  }

  async #read(): Promise<void> {
    for await (const content of recordContent(this.#process.stdout)) this.said += content;
  }

  [Symbol.dispose](): void {
    this.cut();
  }
}
