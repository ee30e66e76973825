import type { EventText } from '@interlink/sidecar-sdk';
import type { PodOptions } from './pod-options.ts';
import type { PodTotals } from './pod-totals.ts';

/** What sbatch is asked for, and what the pod's author is told of it. */
export interface Submission {
  /** One word each, `--mem=512M`; without identity, output and environment, which whoever submits adds. */
  readonly options: ReadonlyArray<string>;
  readonly warnings: ReadonlyArray<EventText>;
  /** What `--time` says; undefined: the partition's own limit. */
  readonly timeLimitSeconds: number | undefined;
  /** Where Slurm may put the job; none: its default partition. */
  readonly partitions: ReadonlyArray<string>;
  readonly totals: PodTotals;
  readonly flavor: string | undefined;
  /** True when Slurm may start the job anew after a preemption or a node's failure. */
  readonly isRequeued: boolean;
  readonly pod: PodOptions;
}
