import type { PodReference } from '@interlink/sidecar-sdk';

/** Slurm signals the batch script so long before the time limit ends the job: `--signal=B:TERM@30`. */
export interface EndWarning {
  readonly secondsBefore: number;
}

/** One pod to be submitted as one job. */
export interface SubmitOrder {
  /** Goes into the job's comment, from where it is read back. */
  readonly identity: PodReference;
  /** `--job-name`, at most 1,024 bytes. */
  readonly jobName: string;
  /** sbatch options of pod and site, a word each, `--name=value`; they come first, so that none of ours can be changed by them. */
  readonly options: ReadonlyArray<string>;
  /** An absolute path. */
  readonly scriptPath: string;
  /** What the script is called with: `$1`, `$2`, … */
  readonly scriptArguments: ReadonlyArray<string>;
  /** Where standard output and error of the script go, an absolute path; it is taken as it is, not as a pattern. */
  readonly outputPath: string;
  /** The job's working folder, an absolute path. */
  readonly workingDirectory: string;
  /** `--export`. 22.05 reads NIL as NONE (a login environment); 24.11 gives nothing at all, not even HOME. */
  readonly export: 'NIL' | 'NONE';
  /** Whether Slurm may start the job over after preemption or a failed node. */
  readonly requeue: 'requeue' | 'no-requeue';
  /** Undefined: no signal before the time limit. */
  readonly endWarning: EndWarning | undefined;
}

export interface Submitted {
  readonly jobId: string;
}
