import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = import.meta.dirname;

test('a job downloads nothing by itself; only a probe over HTTPS takes any certificate, as a kubelet’s does', () => {
  const scripts = globSync('**/*.{sh,pl}', { cwd: folder });
  expect(scripts.length).toBeGreaterThan(20);
  const fetching = scripts.filter((file) => /\b(curl|wget)\b.* -/.test(readFileSync(join(folder, file), 'utf8')));
  expect(fetching).toEqual(['lib/actions.sh']);
  expect(readFileSync(join(folder, 'lib/actions.sh'), 'utf8').match(/--insecure/g)).toHaveLength(1);
});
