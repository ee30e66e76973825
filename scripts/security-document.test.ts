import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** `packages/x/src/y.test.ts`: "title", "title" */
const claims = [...text.matchAll(/`((?:packages|test)\/[^`]+\.test\.ts)`: ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(
  ([, file = '', titles = '']) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
);

test('docs/security.md has claims with tests beside them', () => {
  expect(claims.length).toBeGreaterThan(20);
});

test.each(claims)('docs/security.md: "$title" is a test of $file', ({ file, title }) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(title);
});
