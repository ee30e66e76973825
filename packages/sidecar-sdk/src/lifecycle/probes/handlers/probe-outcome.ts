import type { ProbeResult } from '../probe-state.ts';

/** What one run of a probe says, and what goes into its event. */
export interface ProbeOutcome {
  readonly result: ProbeResult;
  /** The command's output, the answer's body, or what went wrong in the kubelet's words; 10 KiB at most. */
  readonly output: string;
}

/** How long a run may take. */
export interface ProbeLimits {
  readonly timeoutSeconds: number;
  /** Aborts after that time, or when nobody wants to know any more. */
  readonly signal: AbortSignal;
}

export const succeeded = (output: string): ProbeOutcome => ({ result: 'success', output });
export const failed = (output: string): ProbeOutcome => ({ result: 'failure', output });

/** The probe itself went wrong: that says nothing about the container. */
export const errored = (error: unknown): ProbeOutcome => ({
  result: 'unknown',
  output: error instanceof Error ? error.message : String(error),
});
