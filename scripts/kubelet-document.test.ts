import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folders: Readonly<Record<string, string>> = {
  vk: 'packages/virtual-kubelet/src',
  kube: 'packages/kube/src',
  sdk: 'packages/sidecar-sdk/src/lifecycle',
  e2e: 'test/e2e',
};
/** What may be left out for good, by the words of its row. */
const exemptions = ['fileKeyRef', '/checkpoint', '/logs', '/flagz', '/statusz', '/debug'];

const rows = readFileSync(join(root, 'docs/kubelet.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what |'))
  .map((line) => {
    const [what = '', here = '', shownBy = ''] = line.split(' |').map((cell) => cell.replace(/^\|? ?/, '').trim());
    return { what, here, shownBy };
  });

test('docs/kubelet.md has rows', () => {
  expect(rows.length).toBeGreaterThan(60);
});

test.each(rows)('docs/kubelet.md: $what is shown by tests that exist, or is one of what is left out', (row) => {
  const { what, here, shownBy } = row;
  if (here.startsWith('Not:')) {
    expect(exemptions.filter((name) => what.includes(name))).not.toEqual([]);
    return;
  }
  if (/^section \d/.test(here)) return;
  const references = shownBy.split(';');
  expect(references[0]).toMatch(/^`/);
  for (const reference of references) {
    const [, path = ''] = /`([^`]+)`/.exec(reference) ?? [];
    const file = join(
      root,
      path.replace(/^(\w+)(?=\/)/, (name) => folders[name] ?? name),
    );
    expect(existsSync(file), path).toBe(true);
    const source = readFileSync(file, 'utf8');
    for (const [, title = ''] of reference.matchAll(/"([^"]+)"/g)) expect(source, path).toContain(title);
  }
});
