import { type ConformanceReport, countOf } from './report.ts';

/** For programs: the report with its counts. */
export function renderJson(report: ConformanceReport): string {
  const { results, ...head } = report;
  const counts = {
    passed: countOf(report, 'passed'),
    failed: countOf(report, 'failed'),
    skipped: countOf(report, 'skipped'),
  };
  return `${JSON.stringify({ ...head, ...counts, results }, undefined, 2)}\n`;
}
