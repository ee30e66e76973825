import { PassThrough } from 'node:stream';
import type { SlurmStep, StepEnd } from '../step.ts';

/** A step in memory that a test plays by hand: what was written to it, what it writes, how it ends. */
export class ScriptedStep implements SlurmStep {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly jobId: string;
  readonly node: string;
  readonly argv: ReadonlyArray<string>;
  readonly #ended = Promise.withResolvers<StepEnd>();
  closes = 0;

  constructor(jobId: string, node: string, argv: ReadonlyArray<string>) {
    this.jobId = jobId;
    this.node = node;
    this.argv = argv;
  }

  get ended(): Promise<StepEnd> {
    return this.#ended.promise;
  }

  /** A closed step ends as srun does after TERM. */
  close(): void {
    this.closes += 1;
    this.end(143);
  }

  end(exitCode: number): void {
    this.stdout.end();
    this.stderr.end();
    this.#ended.resolve({ exitCode, error: undefined });
  }
}
