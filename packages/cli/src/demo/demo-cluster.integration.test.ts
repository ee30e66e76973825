import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCluster } from './demo-cluster.ts';

test('openCluster() of an embedded cluster leaves its kubeconfig to this account alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-demo-cluster-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const cluster = await openCluster({ cluster: 'embedded', sidecar: 'process' }, folder);
  onTestFinished(async () => await cluster.close());
  expect(cluster.kubeconfig).toBe(join(folder, 'kubeconfig'));
  expect((await stat(join(folder, 'kubeconfig'))).mode & 0o777).toBe(0o600);
});
