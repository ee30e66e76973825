import type { Finding, Outcome, Side } from '../check.ts';

export interface CheckResult {
  readonly name: string;
  readonly durationMs: number;
  readonly findings: ReadonlyArray<Finding>;
}

/** What a run of the doctor found. */
export interface DoctorReport {
  readonly sides: ReadonlyArray<Side>;
  /** The configuration's file, whether or not it loads; undefined: defaults and environment. */
  readonly configuration: string | undefined;
  /** RFC 3339. */
  readonly startedAt: string;
  /** In the order of docs/doctor.md. */
  readonly checks: ReadonlyArray<CheckResult>;
}

/** How many findings have this outcome. */
export function countOf({ checks }: Pick<DoctorReport, 'checks'>, outcome: Outcome): number {
  return checks.flatMap(({ findings }) => findings).filter((finding) => finding.outcome === outcome).length;
}
