import type { Partition, SlurmNode, SlurmSettings } from './cluster.ts';
import type { PodJob, SlurmJob } from './slurm-job.ts';
import type { SlurmStep, StepOptions } from './step.ts';
import type { SubmitOrder, Submitted } from './submit-order.ts';

/**
 * How a job is ended. Seen on 22.05 and 24.11:
 * `plain`  what is pending goes at once; a running job gets TERM (batch shell only) and, after Slurm's KillWait, KILL
 * `term`   TERM to the batch shell, and nothing else ever follows
 * `kill`   KILL to the batch shell: the only fast end; the job's state is then FAILED, its exit 0:9
 */
export type CancelMode = 'plain' | 'term' | 'kill';

/** Which records of the accounting database: of these jobs, or all of this account's since then. */
export type AccountingQuery = { readonly ids: ReadonlyArray<string> } | { readonly since: Date };

/**
 * Slurm, as the backend uses it. Failures are InterLinkErrors: `failed_precondition` for what Slurm refuses, in its own words,
 * `unavailable` for what may pass; `troubleOf(error)` says which. Nothing here tries again by itself.
 */
export interface SlurmApi {
  /** Submits a job. One at a time: callers wait for their turn. @throws InterLinkError; see {@link isUncertain} before submitting again */
  submit(order: SubmitOrder): Promise<Submitted>;

  /** Every job of this account that carries our comment, of all owners, those included that ended less than MinJobAge ago. One squeue. */
  jobs(): Promise<ReadonlyArray<PodJob>>;

  /** What the accounting database knows; undefined where there is none, which is found out once. One sacct. */
  accounting(query: AccountingQuery): Promise<SlurmJob[] | undefined>;

  /**
   * Ends jobs, by as few scancels as can be. Jobs that are gone, or never were, are a success. A job that waits can't be signalled:
   * with `term` and `kill` that is `unavailable`, after half a minute.
   */
  cancel(ids: ReadonlyArray<string>, mode: CancelMode): Promise<void>;

  /** Every node, once. One sinfo. */
  nodes(): Promise<SlurmNode[]>;

  /** Why these nodes are down or drained, in the words of Slurm or an administrator; one that is neither is missing. One scontrol. */
  nodeReasons(nodes: ReadonlyArray<string>): Promise<ReadonlyMap<string, string>>;

  /** Every partition that this account may see. One scontrol. */
  partitions(): Promise<Partition[]>;

  /** One scontrol. */
  settings(): Promise<SlurmSettings>;

  /**
   * Starts a command inside a running job. What goes wrong later is in its stderr and its end.
   * @throws InterLinkError `invalid_argument` for words that no program can be given (a NUL, too many)
   */
  spawnStep(jobId: string, argv: ReadonlyArray<string>, options: StepOptions): SlurmStep;
}
