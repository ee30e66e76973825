import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInterLinkConfig } from '@interlink/service-kit';
import { expect, onTestFinished, test } from 'vitest';
import { parseRoutes } from './parse-routes.ts';
import { bestRoute } from './route-table.ts';

const document = new URL('../../../../../docs/sidecars.md', import.meta.url);

test('the table of docs/sidecars.md has the nodes where it says', async () => {
  const text = await readFile(document, 'utf8');
  const yaml = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'interlink-table-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config.yaml'), yaml);
  const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: join(folder, 'config.yaml') });
  const routes = parseRoutes(config.Sidecars ?? [], config['V1.SettleSeconds']);
  const rows = [...text.matchAll(/^\| `([\w-]+)` \| `([\w-]+)` \| `([\w-]+)` \|/gm)];
  expect(rows).toHaveLength(5);
  for (const [, node = '', cluster = '', sidecar] of rows) {
    expect([cluster, node, bestRoute(routes, { cluster, node })?.name]).toEqual([cluster, node, sidecar]);
  }
});
