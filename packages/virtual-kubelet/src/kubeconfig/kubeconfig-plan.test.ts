import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterAccess } from '@interlink/kube';
import { expect, onTestFinished, test } from 'vitest';
import { planKubeconfig } from './kubeconfig-plan.ts';

const nothing = {
  ServiceAccount: undefined,
  Namespace: undefined,
  'Kubeconfig.Server': undefined,
  'Kubeconfig.CAFile': undefined,
};

function accessTo(server: string, namespace?: string): ClusterAccess {
  return {
    server: new URL(server),
    source: 'kubeconfig "/k"',
    ...(namespace === undefined ? {} : { namespace }),
    credentials: async () => ({ headers: {}, tls: { ca: 'our CA', insecureSkipVerify: false } }),
    refresh: () => false,
  };
}

test.each([
  [nothing, undefined],
  [{ ...nothing, ServiceAccount: '', Namespace: 'vk' }, undefined],
  [
    { ...nothing, ServiceAccount: 'plugin' },
    { namespace: 'here', name: 'plugin' },
  ],
  [
    { ...nothing, ServiceAccount: 'plugin', Namespace: 'vk' },
    { namespace: 'vk', name: 'plugin' },
  ],
])('planKubeconfig() of %j has the account %j', (config, account) => {
  expect(planKubeconfig(config, accessTo('https://api:6443', 'here')).account).toEqual(account);
});

test('planKubeconfig() has server and CA of this process, unless it is told others', async () => {
  const own = planKubeconfig(nothing, accessTo('https://api:6443'));
  expect([own.server, await own.ca()]).toEqual(['https://api:6443/', 'our CA']);
  const elsewhere = { ...nothing, 'Kubeconfig.Server': 'https://from-outside.example' };
  const told = planKubeconfig(elsewhere, accessTo('https://api:6443'));
  expect([told.server, await told.ca()]).toEqual(['https://from-outside.example', undefined]);
  const folder = await mkdtemp(join(tmpdir(), 'interlink-ca-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const CAFile = join(folder, 'ca');
  await writeFile(CAFile, 'their CA');
  const plan = planKubeconfig({ ...elsewhere, 'Kubeconfig.CAFile': CAFile }, accessTo('https://api:6443'));
  expect(await plan.ca()).toBe('their CA');
});

test('planKubeconfig() sends no token in the clear', () => {
  const config = { ...nothing, ServiceAccount: 'plugin' };
  expect(() => planKubeconfig(config, accessTo('http://127.0.0.1:8001'))).toThrow(
    'the API server for backends is "http://127.0.0.1:8001/" (kubeconfig "/k"): https://host:port is wanted',
  );
  const named = { ...config, 'Kubeconfig.Server': 'api:6443' };
  expect(() => planKubeconfig(named, accessTo('https://api'))).toThrow('"api:6443" (Kubeconfig.Server): https');
  expect(planKubeconfig(nothing, accessTo('http://127.0.0.1:8001')).account).toBeUndefined();
});
