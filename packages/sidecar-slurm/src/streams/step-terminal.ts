import { Transform, type TransformCallback } from 'node:stream';
import type { TerminalSize } from '@interlink/sidecar-sdk';
import type { SlurmApi } from '../slurm/slurm-api.ts';

/** As long as a line can be that names a terminal's device. */
const longestLine = 256;

export interface TerminalOptions {
  readonly jobId: string;
  readonly node: string;
  /** What the line that names the device begins with. */
  readonly mark: string;
  readonly signal: AbortSignal;
}

/** The terminal of a command in a job: which device it is, the command says; its size is set by steps of their own. */
export class StepTerminal {
  /** Takes the first line, which names the device, and passes on what follows. */
  readonly device: Transform;
  readonly #slurm: Pick<SlurmApi, 'spawnStep'>;
  readonly #options: TerminalOptions;
  #path: string | undefined;
  #wanted: TerminalSize | undefined;
  #isResizing = false;

  constructor(slurm: Pick<SlurmApi, 'spawnStep'>, options: TerminalOptions) {
    this.#slurm = slurm;
    this.#options = options;
    let line: Buffer | undefined = Buffer.alloc(0);
    this.device = new Transform({
      transform: (chunk: Buffer, _: BufferEncoding, done: TransformCallback) => {
        if (line === undefined) return done(null, chunk);
        line = Buffer.concat([line, chunk]);
        const end = line.indexOf('\n');
        if (end === -1 && line.length < longestLine) return done();
        const first = line.toString('utf8', 0, Math.max(end, 0));
        const rest = first.startsWith(options.mark) ? line.subarray(end + 1) : line;
        line = undefined;
        this.#opened(first.slice(options.mark.length));
        return done(null, rest);
      },
      flush: (done) => done(null, line),
    });
  }

  /** Of several sizes that wait only the last counts. */
  resize(size: TerminalSize): void {
    this.#wanted = size;
    if (!this.#isResizing) void this.#keepResizing();
  }

  #opened(path: string): void {
    if (/^\/dev\/pts\/\d+$/.test(path)) this.#path = path;
    void this.#keepResizing();
  }

  async #keepResizing(): Promise<void> {
    const { jobId, node, signal } = this.#options;
    while (this.#path !== undefined && this.#wanted !== undefined && !signal.aborted && !this.#isResizing) {
      const { width, height } = this.#wanted;
      this.#wanted = undefined;
      this.#isResizing = true;
      const argv = ['stty', '-F', this.#path, 'rows', String(height), 'cols', String(width)];
      const step = this.#slurm.spawnStep(jobId, argv, { node, signal });
      for (const stream of [step.stdin, step.stdout, step.stderr]) stream.on('error', () => undefined);
      step.stdin.end();
      for (const output of [step.stdout, step.stderr]) output.resume();
      await step.ended;
      this.#isResizing = false;
    }
  }
}
