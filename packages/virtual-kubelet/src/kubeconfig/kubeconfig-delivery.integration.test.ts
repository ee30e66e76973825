import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeClient, loadClusterAccess, namespaces, serviceAccounts } from '@interlink/kube';
import type { Capabilities, DeliveredKubeconfig } from '@interlink/protocol';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { kubectl, type OpenCluster, testClusters } from '../../../../test/testbed/index.ts';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { KubeconfigDelivery } from './kubeconfig-delivery.ts';
import { planKubeconfig } from './kubeconfig-plan.ts';

const namespace = `kubeconfig-${process.pid}`;
const testbed = inject('testbed');
const asking: Capabilities = {
  protocolVersions: ['v2'],
  backend: { kind: 'test', version: '1' },
  verbs: [],
  volumeTypes: [],
  queues: false,
  pools: [],
  kubeconfig: true,
};

describe.each(testClusters(testbed))('KubeconfigDelivery with $name', ({ name, open }) => {
  let cluster: OpenCluster;
  let client: KubeClient;
  let folder: string;

  beforeAll(async () => {
    cluster = await open();
    folder = await mkdtemp(join(tmpdir(), 'interlink-delivered-'));
    client = new KubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig, env: {} }));
    await client.create(namespaces, {}, { metadata: { name: namespace } });
    await client.create(serviceAccounts, { namespace }, { metadata: { name: 'plugin' } });
  });

  afterAll(async () => {
    await client.delete(namespaces, { name: namespace });
    await client.close();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  /** Runs until something is delivered, or told. */
  async function deliver(ServiceAccount: string): Promise<DeliveredKubeconfig | string> {
    const outcome = Promise.withResolvers<DeliveredKubeconfig | string>();
    const stop = new AbortController();
    const access = await loadClusterAccess({ kubeconfig: cluster.kubeconfig, env: {} });
    const config = {
      ServiceAccount,
      Namespace: namespace,
      'Kubeconfig.Server': undefined,
      'Kubeconfig.CAFile': undefined,
    };
    const delivery = new KubeconfigDelivery({
      plan: planKubeconfig(config, access),
      client,
      provider: { putKubeconfig: async (kubeconfig) => outcome.resolve(kubeconfig) },
      events: { record: (_reference, _type, _reason, message) => outcome.resolve(message) },
      logger: keepLogLines().logger,
      name: 'n',
      capabilities: () => asking,
    });
    const running = delivery.run(stop.signal);
    const told = await outcome.promise;
    stop.abort();
    await running;
    return told;
  }

  it('makes a kubeconfig by which kubectl is the service account, and nobody else', async () => {
    const delivered = await deliver('plugin');
    if (typeof delivered === 'string') throw new Error(delivered);
    expect(Date.parse(delivered.expiresAt)).toBeGreaterThan(Date.now());
    const file = join(folder, 'kubeconfig');
    await writeFile(file, delivered.kubeconfig, { mode: 0o600 });
    const user = `system:serviceaccount:${namespace}:plugin`;
    const access = await loadClusterAccess({ kubeconfig: file, env: {} });
    expect([access.namespace, access.server.href.startsWith('https://')]).toEqual([namespace, true]);
    if (name !== 'kube-apiserver') return;
    const whoami = ['auth', 'whoami', '--output=jsonpath={.status.userInfo.username}'];
    expect(await kubectl(testbed, whoami, { kubeconfig: file })).toMatchObject({ exitCode: 0, stdout: user });
    const secrets = await kubectl(testbed, ['get', 'secrets'], { kubeconfig: file });
    expect(secrets.stderr).toContain(`User "${user}" cannot list resource "secrets"`);
  });

  if (name === 'kube-apiserver')
    it('needs no more than deploy/rbac/kubeconfig gives', async () => {
      const manifest = await readFile(
        join(import.meta.dirname, '../../../../deploy/rbac/kubeconfig/plugin.yaml'),
        'utf8',
      );
      const input = manifest.replaceAll('namespace: interlink', `namespace: ${namespace}`);
      expect(await kubectl(testbed, ['apply', '-f', '-'], { input })).toMatchObject({ exitCode: 0 });
      const as = `--as=system:serviceaccount:${namespace}:virtual-kubelet`;
      const may = async (verb: string, account: string) => {
        const what = ['auth', 'can-i', verb, `serviceaccounts/${account}`, '--subresource=token'];
        return (await kubectl(testbed, [...what, '--namespace', namespace, as])).stdout.trim();
      };
      // The API server hears of its own rules a moment after it has them.
      await vi.waitFor(async () => expect(await may('create', 'interlink-plugin')).toBe('yes'));
      expect([await may('create', 'plugin'), await may('get', 'interlink-plugin')]).toEqual(['no', 'no']);
    });

  it('tells of an account that is not there', async () => {
    const told = await deliver('nobody');
    expect(told).toMatch(/no token of service account kubeconfig-\d+\/nobody: .*"nobody" not found/);
  });
});
