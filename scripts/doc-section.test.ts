import { expect, test } from 'vitest';
import { replaceSection } from './doc-section.ts';

const begin = '<!-- section keys: begin, written by scripts/write-docs.ts -->';
const end = '<!-- section keys: end -->';

test('replaceSection() replaces what is between the markers, and nothing else', () => {
  expect(replaceSection(`a\n${begin}\nold\n${end}\nb`, 'keys', 'new')).toBe(`a\n${begin}\nnew\n${end}\nb`);
});

test.each([
  ['no markers', 'a'],
  ['no end', `a ${begin}`],
  ['the wrong order', `${end} ${begin}`],
])('replaceSection() refuses a document with %s', (_what, document) => {
  expect(() => replaceSection(document, 'keys', 'new')).toThrow('no section keys');
});
