import { expect, test } from 'vitest';
import { renderReport } from './render.ts';
import type { ConformanceReport } from './report.ts';

const head = { generation: 'v2', section: 'Logs', summary: 'A summary.' } as const;
const report: ConformanceReport = {
  url: 'http://127.0.0.1:4002',
  generations: ['v2', 'v1'],
  backend: { kind: 'mock', version: '1' },
  startedAt: '2027-01-01T00:00:00.000Z',
  durationMs: 5_250,
  results: [
    { ...head, name: 'log-whole', outcome: 'passed', durationMs: 120 },
    { ...head, name: 'log-tail', outcome: 'failed', durationMs: 60, wanted: '"a & <b>\\n"', seen: '""\u0000' },
    { ...head, name: 'log-since', outcome: 'skipped', durationMs: 0, reason: 'no "log" here' },
  ],
};

test('renderReport() as text shows what was wanted, seen, and where that is written', () => {
  expect(renderReport(report, 'text')).toBe(`Conformance of http://127.0.0.1:4002: protocol v2 and v1, backend mock 1

  ok    log-whole  0.1 s
  FAIL  log-tail   0.1 s
          wanted: "a & <b>\\n"
          seen:   ""\u0000
          see:    docs/protocol.md, “Logs”
  skip  log-since  no "log" here

1 passed, 1 failed, 1 skipped in 5.3 s
`);
});

test('renderReport() as JSON has the counts and every result', () => {
  expect(JSON.parse(renderReport(report, 'json'))).toEqual({ ...report, passed: 1, failed: 1, skipped: 1 });
});

test('renderReport() as JUnit escapes, and leaves out what XML can’t hold', () => {
  const xml = renderReport(report, 'junit');
  expect(xml).toContain('<testsuites name="interlink conformance" tests="3" failures="1" skipped="1" time="5.25">');
  expect(xml).toContain('<testcase name="log-whole" classname="v2.Logs" time="0.12"/>');
  expect(xml).toContain('<failure message="wanted: &quot;a &amp; &lt;b&gt;\\n&quot;">');
  expect(xml).toContain('seen: &quot;&quot;\nsee: docs/protocol.md, Logs</failure>');
  expect(xml).toContain('<skipped message="no &quot;log&quot; here"/>');
});
