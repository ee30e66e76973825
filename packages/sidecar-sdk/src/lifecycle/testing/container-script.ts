/** What a simulated container does. */
export interface Run {
  /** Until it ends by itself. Default: it does not. */
  readonly seconds?: number;
  /** With what it ends by itself. Default 0. */
  readonly exitCode?: number;
  /** From its stop signal to its end, default 0; `ignored`: only KILL ends it. */
  readonly stopSeconds?: number | 'ignored';
  /** With what it ends at its stop signal. Default 143. */
  readonly stopExitCode?: number;
  /** Its termination message file. */
  readonly message?: string;
  /** The end of its log. */
  readonly log?: string;
  /** Why it can't be started. */
  readonly startError?: string;
}

/** By container: what its attempts do, in order; those after the last do the same. A container without one runs until it is stopped. */
export type Scripts = Readonly<Record<string, ReadonlyArray<Run>>>;

export function runOf(scripts: Scripts, container: string, attempt: number): Run {
  const runs = scripts[container] ?? [];
  return runs[Math.min(attempt, runs.length - 1)] ?? {};
}
