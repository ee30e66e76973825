import { type CheckResult, type ConformanceReport, countOf } from './report.ts';

/** For people: a line per check; a failed one with what was wanted, what was seen and where that is written. */
export function renderText(report: ConformanceReport): string {
  const { url, generations, backend, durationMs, results } = report;
  const width = Math.max(0, ...results.map(({ name }) => name.length)) + 2;
  const by = backend === undefined ? '' : `, backend ${backend.kind} ${backend.version}`;
  const counts = `${countOf(report, 'passed')} passed, ${countOf(report, 'failed')} failed, ${countOf(report, 'skipped')} skipped`;
  return [
    `Conformance of ${url}: protocol ${generations.join(' and ')}${by}`,
    '',
    ...results.flatMap((result) => linesOf(result, width)),
    '',
    `${counts} in ${seconds(durationMs)}`,
    '',
  ].join('\n');
}

function linesOf(result: CheckResult, width: number): string[] {
  const { name, outcome, durationMs, reason, wanted, seen, section } = result;
  if (outcome === 'skipped') return [`  skip  ${name.padEnd(width)}${reason}`];
  if (outcome === 'passed') return [`  ok    ${name.padEnd(width)}${seconds(durationMs)}`];
  return [
    `  FAIL  ${name.padEnd(width)}${seconds(durationMs)}`,
    `          wanted: ${wanted}`,
    `          seen:   ${seen}`,
    `          see:    docs/protocol.md, “${section}”`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
