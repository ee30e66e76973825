import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Past that it does too much: it is for trying things out and for tests, and has to stay readable in an hour. */
const limit = 1_500;
const directory = fileURLToPath(new URL('../packages/dev-cluster/src', import.meta.url));

test('dev-cluster keeps to its limit of lines that are neither blank nor comment', () => {
  const sources = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const lines = sources.flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n'));
  const code = lines.filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line));
  // What needs more than that is for the real API server, which the tests have as well: see packages/dev-cluster/README.md.
  expect(code.length).toBeLessThanOrEqual(limit);
});
