import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events, KubeClient, loadClusterAccess, nodes } from '@interlink/kube';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { testClusters } from '../../../../test/testbed/index.ts';
import { runVirtualKubelet } from '../run-virtual-kubelet.ts';
import { clientSecret, SessionIssuer } from './testing/session-issuer.ts';

const [cluster] = testClusters(inject('testbed'));

test('without a token the node says which issuer gives none, and why; one event tells it, another that it is over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-token-trouble-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const open = await cluster?.open();
  onTestFinished(async () => await open?.close());
  const issuer = await SessionIssuer.start();
  await issuer.stop();
  onTestFinished(async () => await issuer.stop());
  const files = { secret: join(folder, 'secret'), config: join(folder, 'config.yaml') };
  await writeFile(files.secret, clientSecret);
  const Client = { Issuer: issuer.url, ClientID: 'vk', ClientSecretFile: files.secret };
  await writeFile(files.config, JSON.stringify({ Auth: { Client }, ClusterID: 'c' }));

  const name = `token-trouble-${process.pid}`;
  const stop = new AbortController();
  const flags = { nodename: name, port: 0, kubeconfig: open?.kubeconfig, logLevel: 'silent' };
  const env = { INTERLINKCONFIGPATH: files.config, INTERLINKPORT: '1', XDG_STATE_HOME: folder, POD_IP: '127.0.0.1' };
  const running = runVirtualKubelet(flags, stop.signal, env);
  const client = new KubeClient(await loadClusterAccess({ kubeconfig: open?.kubeconfig, env: {} }));
  onTestFinished(async () => {
    stop.abort();
    await running;
    await client.delete(nodes, { name });
    await client.close();
  });
  const connectivity = async () => {
    const { status } = await client.get(nodes, { name });
    const found = status?.conditions?.find(({ type }) => type === 'InterLinkConnectivity');
    return `${found?.status} ${found?.message}`;
  };
  const told = async () => {
    const { items } = await client.list(events, { namespace: 'default' });
    const ours = items.filter(({ involvedObject }) => involvedObject?.name === name);
    return ours.filter(({ reason }) => reason?.startsWith('Token') === true);
  };
  const message = `No token for InterLink from ${issuer.url}/: Cannot reach ${issuer.url}: connect ECONNREFUSED`;
  await vi.waitFor(async () => expect(await connectivity()).toContain(`False ${message}`), { timeout: 30_000 });
  await issuer.resume();
  await vi.waitFor(async () => expect(await told()).toHaveLength(2), { timeout: 30_000 });
  const [failed, renewed] = await told();
  expect([failed?.type, failed?.reason, failed?.count ?? 1]).toEqual(['Warning', 'TokenNotRenewed', 1]);
  expect(failed?.message).toContain(message);
  expect([renewed?.type, renewed?.reason]).toEqual(['Normal', 'TokenRenewed']);
});
