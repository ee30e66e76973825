import type { PodReference } from '@interlink/sidecar-sdk';
import type { JobState } from './job-state.ts';

/** How a job's batch script ended, by Slurm's account of it; the pod's own records say more. */
export interface JobExit {
  /** 0 when a signal ended it. */
  readonly exitCode: number;
  /** A number as in `kill -l`; 125 is Slurm's own for "out of memory". 0: none. */
  readonly signal: number;
}

/** A job as squeue or sacct show it. What they don't say is undefined. */
export interface SlurmJob {
  /** Slurm gives ids out again when its controller was killed: the identity says whose job it is, never the id. */
  readonly id: string;
  /** Whose it is; undefined for jobs that don't carry our comment (sacct keeps comments only when the site has it so). */
  readonly identity: PodReference | undefined;
  readonly state: JobState;
  /** Slurm's word for why it is in this state (`Priority`, `Resources`, `TimeLimit`, …); undefined for `None`. */
  readonly reason: string | undefined;
  /** Undefined until it has ended. */
  readonly exit: JobExit | undefined;
  readonly submitTime: Date | undefined;
  /** When it began; undefined while it is pending. */
  readonly startTime: Date | undefined;
  /** When it is thought to begin, by the scheduler; only while it is pending, and only once the scheduler has looked that far. */
  readonly estimatedStart: Date | undefined;
  /** When it ended; undefined before. */
  readonly endTime: Date | undefined;
  /** Slurm's list of the nodes it has, or had: `c[1-2]`; empty while there are none. */
  readonly nodes: string;
  /** The first of them, on which the batch script runs; empty when there is none. */
  readonly batchHost: string;
  readonly partition: string;
  /** How often it was started over (requeued). */
  readonly restarts: number;
  /** Undefined: no limit. */
  readonly timeLimitMinutes: number | undefined;
  /** The working folder that it was submitted with; undefined when sacct was asked. */
  readonly workingDirectory: string | undefined;
  /** Who cancelled it, a user id; told by sacct only. */
  readonly cancelledBy: string | undefined;
}

/** A job that carries our comment. */
export type PodJob = SlurmJob & { readonly identity: PodReference };
