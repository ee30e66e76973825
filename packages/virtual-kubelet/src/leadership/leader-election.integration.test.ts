import {
  KubeClient,
  leases,
  loadClusterAccess,
  namespaces,
  nodes,
  type Pod,
  pods,
  serviceAccounts,
} from '@interlink/kube';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type OpenCluster, testClusters, waitFor } from '../../../../test/testbed/index.ts';
import { type Replica, type Replicas, startReplicas } from './testing/replicas.ts';

const patience = { timeoutMs: 60_000 };

describe.each(testClusters(inject('testbed')))('two virtual kubelets of one node on $name', ({ name, open }) => {
  const nodeName = `leader-${name}-${process.pid}`;
  const namespace = nodeName;
  let cluster: OpenCluster;
  let client: KubeClient;
  let replicas: Replicas;
  let target: HttpTarget;

  beforeAll(async () => {
    cluster = await open();
    client = new KubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig, env: {} }));
    await client.create(namespaces, {}, { metadata: { name: namespace } });
    await waitFor('the account', () => client.get(serviceAccounts, { namespace, name: 'default' }), patience);
    replicas = await startReplicas(nodeName, cluster.kubeconfig, namespace);
    target = new HttpTarget({ url: replicas.sidecarUrl, token: () => replicas.token() });
  });

  afterAll(async () => {
    await replicas.close();
    await client.delete(namespaces, { name: namespace });
    await client.delete(nodes, { name: nodeName });
    await Promise.all([target.close(), client.close()]);
    await cluster.close();
  });

  async function runPod(podName: string): Promise<Pod> {
    const spec = {
      nodeName,
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'busybox' }],
    };
    await client.create(pods, { namespace }, { metadata: { name: podName }, spec });
    return await waitFor(
      `pod ${podName} to run`,
      async () => {
        const pod = await client.get(pods, { namespace, name: podName });
        return pod.status?.phase === 'Running' && pod;
      },
      patience,
    );
  }

  async function portOfNode(): Promise<number | undefined> {
    return (await client.get(nodes, { name: nodeName })).status?.daemonEndpoints?.kubeletEndpoint?.Port;
  }

  async function leader(): Promise<{ holder: string; epoch: number }> {
    const { spec } = await client.get(leases, { namespace, name: `interlink-vk-${nodeName}` });
    return { holder: spec?.holderIdentity ?? '', epoch: spec?.leaseTransitions ?? -1 };
  }

  async function waitUntilLeading({ vk }: Replica, since: { holder: string; epoch: number }) {
    await waitFor('the other to lead', () => vk.log().includes('"msg":"leading"'), patience);
    const now = await leader();
    expect(now.holder).not.toBe(since.holder);
    expect(now.epoch).toBe(since.epoch + 1);
    return now;
  }

  /** Of the backend, asked past everybody. */
  async function startedAt(): Promise<Record<string, unknown>> {
    const { metadata } = await client.get(namespaces, { name: 'kube-system' });
    const reports = await new PodClient(target, { cluster: metadata?.uid ?? '', node: nodeName }).listPods();
    return Object.fromEntries(reports.map((report) => [report.name, report.status.startTime]));
  }

  test('take turns: killed, stopped for a while, or told to end', { timeout: 240_000 }, async () => {
    const [first, second, third] = await Promise.all(['first', 'second', 'third'].map((each) => replicas.add(each)));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three are wanted');
    await first.vk.start('backend within reach');
    await second.vk.start('another process leads: waiting');
    const beginning = await leader();
    await runPod('one');
    const port = await portOfNode();
    const started = await startedAt();
    expect(second.sentBytes().interLink).toBe(0);

    // kill -9
    await first.vk.kill();
    const killedAt = performance.now();
    const afterKill = await waitUntilLeading(second, beginning);
    expect(performance.now() - killedAt).toBeLessThan(25_000);
    await waitFor('the node to show where its new kubelet is', async () => (await portOfNode()) !== port, patience);
    await runPod('two');
    expect(await startedAt()).toMatchObject(started);

    // Stopped until another has taken its place, then awake again.
    await third.vk.start('another process leads: waiting');
    second.vk.signal('SIGSTOP');
    const afterStop = await waitUntilLeading(third, afterKill);
    await runPod('three');
    const [portNow, startedNow, before] = [await portOfNode(), await startedAt(), second.sentBytes()];
    second.vk.signal('SIGCONT');
    expect(await second.vk.ended()).toBe(1);
    expect(second.sentBytes()).toEqual(before);
    expect(Object.keys(startedNow).sort()).toEqual(['one', 'three', 'two']);
    expect([await portOfNode(), await startedAt()]).toEqual([portNow, startedNow]);
    expect(await leader()).toEqual(afterStop);

    // SIGTERM: the next one leads at once, and the node was Ready throughout.
    await first.vk.start('another process leads: waiting');
    const termedAt = performance.now();
    third.vk.signal('SIGTERM');
    expect(await third.vk.ended()).toBe(0);
    expect(performance.now() - termedAt).toBeLessThan(5_000);
    await waitUntilLeading(first, afterStop);
    expect(performance.now() - termedAt).toBeLessThan(15_000);
    await runPod('four');
    expect(await startedAt()).toMatchObject(startedNow);
    const { status } = await client.get(nodes, { name: nodeName });
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });
});
