import { type CheckResult, type ConformanceReport, countOf } from './report.ts';

/** For CI systems: JUnit's XML, a test case per check (https://github.com/testmoapp/junitxml). */
export function renderJunit(report: ConformanceReport): string {
  const attributes = [
    `name="interlink conformance"`,
    `tests="${report.results.length}"`,
    `failures="${countOf(report, 'failed')}"`,
    `skipped="${countOf(report, 'skipped')}"`,
    `time="${report.durationMs / 1_000}"`,
  ].join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes}>`,
    `  <testsuite ${attributes} timestamp="${escapeXml(report.startedAt)}" hostname="${escapeXml(report.url)}">`,
    ...report.results.flatMap(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf({
  name,
  generation,
  section,
  outcome,
  durationMs,
  wanted = '',
  seen = '',
  reason = '',
}: CheckResult): string[] {
  const open = `    <testcase name="${escapeXml(name)}" classname="${generation}.${escapeXml(section)}" time="${durationMs / 1_000}"`;
  if (outcome === 'passed') return [`${open}/>`];
  const inner =
    outcome === 'skipped'
      ? `<skipped message="${escapeXml(reason)}"/>`
      : `<failure message="${escapeXml(`wanted: ${wanted}`)}">${escapeXml(`wanted: ${wanted}\nseen: ${seen}\nsee: docs/protocol.md, ${section}`)}</failure>`;
  return [`${open}>`, `      ${inner}`, '    </testcase>'];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 can't hold at all is left out. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}
