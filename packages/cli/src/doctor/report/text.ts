import type { Finding, Outcome } from '../check.ts';
import { countOf, type DoctorReport } from './report.ts';

const words: Readonly<Record<Outcome, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'PROBLEM',
  skipped: 'skipped',
};
const wordWidth = Math.max(...Object.values(words).map(({ length }) => length)) + 2;

/** For people: a line per finding; below what is wrong, why it matters and how to mend it. */
export function renderText(report: DoctorReport): string {
  const { sides, configuration, checks } = report;
  const width = Math.max(0, ...checks.map(({ name }) => name.length)) + 2;
  return [
    `Looked from the ${sides.join(' and the ')} side; configuration: ${configuration ?? 'no file'}`,
    '',
    ...checks.flatMap(({ name, findings }) => findings.flatMap((finding) => linesOf(name, finding, width))),
    '',
    `${countOf(report, 'ok')} ok, ${plural(countOf(report, 'warning'), 'warning')}, ${plural(countOf(report, 'problem'), 'problem')}, ${countOf(report, 'skipped')} skipped`,
    '',
  ].join('\n');
}

function linesOf(name: string, finding: Finding, width: number): string[] {
  const first = `  ${words[finding.outcome].padEnd(wordWidth)}${name.padEnd(width)}${finding.what}`;
  if (finding.outcome === 'ok' || finding.outcome === 'skipped') return [first];
  const indent = ' '.repeat(2 + wordWidth + width);
  return [first, `${indent}why: ${finding.why}`, `${indent}fix: ${finding.fix}`];
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
