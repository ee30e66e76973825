import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimsOf, hasTest, referencesIn } from './document-claims.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Holds nothing but names of targets: test/fuzz/fuzz.test.ts runs each, and has the table list them all. */
const fuzzTable = /\n\| bytes of \| targets \|\n(?:\|.*\n)+/;
const claims = claimsOf(text.replace(fuzzTable, (table) => table.replaceAll(/[^\n]/g, '')));

test('docs/security.md has that table', () => {
  expect(text).toMatch(fuzzTable);
});

test.each(claims)('docs/security.md:$line has a test beside what it says', ({ text: claim }) => {
  expect(referencesIn(claim), claim).not.toEqual([]);
});

test.each(referencesIn(text))('docs/security.md: "$title" is a test of $file', ({ file, title }) => {
  expect(hasTest(readFileSync(join(root, file), 'utf8'), title)).toBe(true);
});
