import type { JobPlan, RuntimePlan } from './job-plan.ts';

/**
 * A container runtime as the job script uses it: a file of bash functions, and what is rendered before it. Every driver file defines
 * all of `runtime_prepare_pod`, `runtime_pull`, `runtime_create`, `runtime_run`, `runtime_enter`, `runtime_signal`, `runtime_remove`
 * and `runtime_cleanup_pod`; `runtimes/none.sh` is the shortest one.
 */
export interface RuntimeDriver {
  readonly name: RuntimePlan['driver'];
  /** Files below `script/` that are put into the script whole, in this order. */
  readonly files: ReadonlyArray<string>;
  /** Programs in other languages, as variables for its functions. */
  readonly programs: ReadonlyArray<{ readonly variable: string; readonly path: string }>;
  /** Variables of its own, as lines of bash; every value by `quoteWord`. */
  renderVariables(plan: JobPlan): string[];
}
