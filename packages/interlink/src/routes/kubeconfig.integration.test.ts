import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PodClient } from '@interlink/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { startStreamingSidecar } from '../testing/streaming-sidecar.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';

const owner = { cluster: 'c1', node: 'n1' };
const delivered = { kubeconfig: 'apiVersion: v1', expiresAt: new Date(Date.now() + 3_600_000).toISOString() };

test('a kubeconfig goes through InterLink to the sidecar that asks for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-kubeconfigs-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const sidecar = await startStreamingSidecar({ kubeconfig: async () => undefined }, { kubeconfigFolder: folder });
  const client = new PodClient((await startInterLink(sidecar.port)).target, owner);
  await client.putKubeconfig(delivered);
  expect(await readFile(join(folder, 'c1', 'n1'), 'utf8')).toBe('apiVersion: v1');
  await client.deleteKubeconfig();
  await expect(readFile(join(folder, 'c1', 'n1'))).rejects.toThrow('ENOENT');
});

test('a v1 plugin is sent none', async () => {
  const plugin = await startV1Plugin();
  const client = new PodClient((await startInterLink(plugin.port)).target, owner);
  expect((await client.capabilities()).kubeconfig).toBeUndefined();
  await expect(client.putKubeconfig(delivered)).rejects.toMatchObject({ code: 'unimplemented' });
  expect(plugin.calls()).toEqual([]);
});
