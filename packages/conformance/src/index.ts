/**
 * The conformance suite: checks any sidecar over HTTP, v1 or v2, and says what it wanted and what it saw.
 *
 *   run-conformance.ts   the whole run
 *   check.ts             what a check is
 *   checks/              the checks, a file per section of docs/protocol.md; checks/v1/ for protocol v1
 *   context.ts           what a check works with
 *   pods/                pods that play a scene, calls of both generations, the stream
 *   http/                raw answers
 *   report/              text, JSON, JUnit
 *   vitest.ts            the same as tests (`@interlink/conformance/vitest`)
 */
export type { Check, Generation } from './check.ts';
export { allChecks } from './checks/all-checks.ts';
export type { ConformanceOptions } from './options.ts';
export { type ReportFormat, renderReport, reportFormats } from './report/render.ts';
export { type CheckResult, type ConformanceReport, countOf, type Outcome } from './report/report.ts';
export { restartByCommand } from './restart-command.ts';
export { runConformance } from './run-conformance.ts';
