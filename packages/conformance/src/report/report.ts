import type { Check, Generation } from '../check.ts';

export type Outcome = 'passed' | 'failed' | 'skipped';

export interface CheckResult extends Pick<Check, 'name' | 'generation' | 'section' | 'summary'> {
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Of a failed check. */
  readonly seen?: string;
  readonly wanted?: string;
  /** Why it was skipped. */
  readonly reason?: string;
}

/** What a run of the suite found out. */
export interface ConformanceReport {
  readonly url: string;
  readonly generations: ReadonlyArray<Generation>;
  /** As the capabilities name it. */
  readonly backend?: { readonly kind: string; readonly version: string } | undefined;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** In the order of docs/protocol.md. */
  readonly results: ReadonlyArray<CheckResult>;
}

export function countOf({ results }: ConformanceReport, outcome: Outcome): number {
  return results.filter((result) => result.outcome === outcome).length;
}
