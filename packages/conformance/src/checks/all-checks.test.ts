import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allChecks } from './all-checks.ts';

const document = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
const headings = Array.from(document.matchAll(/^## (.+)$/gm), ([, heading]) => heading);

test('allChecks have kebab-case names of their own', () => {
  const names = allChecks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
});

test.each([...new Set(allChecks.map(({ section }) => section))])('docs/protocol.md has the section %s', (section) => {
  expect(headings).toContain(section);
});

test('allChecks say in one sentence what is wanted', () => {
  for (const { summary } of allChecks) expect(summary).toMatch(/^[A-Z`a-z].*\.$/);
});

test('allChecks of v1 are named so, and no others', () => {
  for (const { name, generation } of allChecks) expect(name.startsWith('v1-')).toBe(generation === 'v1');
});

test('allChecks skip nothing of a sidecar whose capabilities are not known, but for what says durable: false', () => {
  const site = { capabilities: undefined, demandsToken: true, canRestart: true };
  const skipped = allChecks.filter((check) => check.skip?.(site) !== undefined).map(({ name }) => name);
  expect(skipped).toEqual(['restart-forgets-pods']);
});
