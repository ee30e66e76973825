import { expect, test } from 'vitest';
import { screenOf } from './screen.ts';
import type { StatusReport } from './status-report.ts';

const report: StatusReport = {
  ...{ at: '2027-01-01T00:00:00.000Z', configuration: undefined, cluster: undefined, site: undefined, notes: ['n'] },
};

/** What two reports come to at such an output. */
function shown(format: 'text' | 'json', isTTY?: true): string {
  const texts: string[] = [];
  const show = screenOf({ ...(isTTY === undefined ? {} : { isTTY }), write: (text) => texts.push(text) }, format);
  for (const _time of [1, 2]) show(report);
  return texts.join('');
}

test('screenOf() shows a report in place of the one before, where somebody looks', () => {
  const text = 'InterLink at 2027-01-01T00:00:00.000Z; configuration: no file\n\nNotes\n  n\n';
  expect(shown('text', true)).toBe(`\u001b[H\u001b[J${text}\u001b[H\u001b[J${text}`);
  expect(shown('text')).toBe(`${text}\n${text}\n`);
});

test('screenOf() writes a line of JSON each time, for programs', () => {
  const lines = shown('json', true).split('\n');
  expect(lines.map((line) => line && JSON.parse(line).notes)).toEqual([['n'], ['n'], '']);
});
