import { countOf, type DoctorReport } from './report.ts';

/** For programs: the report with its counts. */
export function renderJson(report: DoctorReport): string {
  const { checks, ...head } = report;
  const counts = {
    ok: countOf(report, 'ok'),
    warnings: countOf(report, 'warning'),
    problems: countOf(report, 'problem'),
    skipped: countOf(report, 'skipped'),
  };
  return `${JSON.stringify({ ...head, ...counts, checks }, undefined, 2)}\n`;
}
