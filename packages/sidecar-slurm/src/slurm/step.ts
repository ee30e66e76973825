import type { Readable, Writable } from 'node:stream';

export interface StepOptions {
  /** The node to run on: {@link SlurmJob.batchHost}. Left to itself, srun takes any node of the job. */
  readonly node: string;
  /** Has srun kill the step, and then itself, when it aborts. */
  readonly signal: AbortSignal;
}

export interface StepEnd {
  /** srun's own: the command's, or 128 + n after signal n; 1 also when the step could not be made (stderr says why). */
  readonly exitCode: number;
  /** Set when srun itself could not be started. */
  readonly error: Error | undefined;
}

/** A command that runs inside a job's allocation, by `srun --overlap`. */
export interface SlurmStep {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** The command's, and what srun itself says (`srun: error: c1: task 0: Exited with exit code 3`). */
  readonly stderr: Readable;
  /** Once it has ended and its output was read to the end, or was destroyed. Never rejects. */
  readonly ended: Promise<StepEnd>;
  /** TERM to srun, which kills the step at once; KILL when it does not go within two seconds. Nothing after it has ended. */
  close(): void;
}
