import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const manifests = globSync('{charts/*/templates,deploy,kustomizations}/**/*.yaml', { cwd: root });

/** The Secrets that pods of a manifest mount, and what follows the name of each. */
const mounted = manifests.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/secret:\n +secretName: (.*)\n((?: +.*\n){0,2})/g)].map(
    ([, name = '', after = '']) => ({ file, name, after }),
  ),
);

test('the manifests mount Secrets in deploy, kustomizations and the chart', () => {
  expect(new Set(mounted.map(({ file }) => file.split('/')[0]))).toEqual(
    new Set(['charts', 'deploy', 'kustomizations']),
  );
});

test.each(mounted)('$file mounts the Secret $name for its group alone', ({ after }) => {
  expect(after).toMatch(/^ +defaultMode: 0440$/m);
});
