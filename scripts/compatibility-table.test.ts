import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

const [, table = ''] = readFileSync(join(root, 'docs/protocol.md'), 'utf8').split('\n# Compatibility\n');
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what |'))
  .map((line) => {
    const [what = '', , shownBy = ''] = line.slice(2).split(' | ');
    return { what, shownBy };
  });

test('docs/protocol.md has rows of compatibility', () => {
  expect(rows.length).toBeGreaterThan(15);
});

test.each(rows)('docs/protocol.md: $what: is shown by tests that exist', ({ shownBy }) => {
  const references = [...shownBy.matchAll(/`([^`]+)` "([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(0);
  for (const [, path = '', title = ''] of references) {
    const file = join(root, path);
    expect(existsSync(file), path).toBe(true);
    expect(readFileSync(file, 'utf8'), path).toContain(title);
  }
});
