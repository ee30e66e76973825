import { randomUUID } from 'node:crypto';
import {
  EventRecorder,
  events,
  KubeClient,
  loadClusterAccess,
  type Node,
  namespaces,
  nodes,
  type Pod,
  pods,
  serviceAccounts,
} from '@interlink/kube';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { testClusters } from '../../../../test/testbed/clusters.ts';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { KubeletMetrics } from '../metrics/kubelet-metrics.ts';
import { ServiceLinks } from '../resolve/service-links.ts';
import { defaultStreamTimeouts } from '../streaming/stream-timeouts.ts';
import { VirtualNode } from '../virtual-node.ts';
import { type HostileSidecar, runningRecord, startHostileSidecar } from './testing/hostile-sidecar.ts';

const patience = { timeout: 30_000, interval: 100 };

describe.each(testClusters(inject('testbed')))('behind a hostile sidecar, on $name', ({ open }) => {
  const name = `hostile-${randomUUID().slice(0, 8)}`;
  const ended: Array<() => Promise<unknown>> = [];
  let client: KubeClient;
  let sidecar: HostileSidecar;

  const nodeNow = async () => await client.get(nodes, { name });
  const podNow = async (pod: string) => await client.get(pods, { namespace: name, name: pod });
  const createPod = async (pod: string, nodeName: string) => {
    const spec = { nodeName, automountServiceAccountToken: false, containers: [{ name: 'main', image: 'busybox' }] };
    return await client.create(pods, { namespace: name }, { metadata: { name: pod }, spec } as Pod);
  };
  const runs = async (pod: string) =>
    await vi.waitFor(async () => {
      const found = await podNow(pod);
      expect(found.status?.phase).toBe('Running');
      return found;
    }, patience);

  beforeAll(async () => {
    const cluster = await open();
    const access = await loadClusterAccess({ kubeconfig: cluster.kubeconfig, env: {} });
    client = new KubeClient(access);
    const leaseClient = new KubeClient(access);
    sidecar = await startHostileSidecar();
    const target = new HttpTarget({ url: sidecar.url });
    const stop = new AbortController();
    const { logger } = keepLogLines();
    const services = new ServiceLinks({ client, logger });
    const node = new VirtualNode({
      client,
      leaseClient,
      services,
      pool: undefined,
      events: new EventRecorder({ client, component: 'kubelet', host: name }),
      provider: new PodClient(target, { cluster: 'c', node: name }),
      logger,
      name,
      settings: { capacity: {}, labels: {}, taints: [], kubelet: {}, warnings: [] },
      policy: {
        daemonSetPods: 'pending',
        limits: { capacity: { memory: '1Gi' }, labelDomains: [] },
        notReadyAfterMs: undefined,
      },
      othersAddresses: [],
      taints: [],
      address: '127.0.0.1',
      kubeletPort: 0,
      kubeletFiles: { cert: undefined, key: undefined, clientCa: undefined, state: undefined },
      certificateSigner: undefined,
      metrics: new KubeletMetrics(name),
      streamTimeouts: defaultStreamTimeouts,
      operatingSystem: 'Linux',
      workers: 16,
    });
    await client.create(namespaces, {}, { metadata: { name } });
    await vi.waitFor(() => client.get(serviceAccounts, { namespace: name, name: 'default' }), patience);
    const running = Promise.all([node.run(stop.signal, stop.signal), services.run(stop.signal)]);
    ended.push(async () => {
      stop.abort();
      await running;
      await target.close();
      await sidecar.close();
      await client.delete(nodes, { name });
      await client.delete(namespaces, { name });
      await client.close();
      await leaseClient.close();
      await cluster.close();
    });
    await vi.waitFor(async () => expect(readyOf(await nodeNow())).toBe('True'), patience);
  });
  afterAll(async () => {
    for (const end of ended) await end();
  });

  test('the node keeps its own labels, and has no resources but good ones', async () => {
    const { metadata, status } = await vi.waitFor(async () => {
      const found = await nodeNow();
      expect(found.metadata?.labels?.['interlink.eu/site']).toBe('here');
      return found;
    }, patience);
    expect(metadata?.labels).toMatchObject({ 'kubernetes.io/hostname': name, type: 'virtual-kubelet' });
    expect(Object.keys(metadata?.labels ?? {})).not.toContain('node-role.kubernetes.io/control-plane');
    expect(status?.capacity).toEqual({
      cpu: '4',
      memory: '1Gi',
      pods: '0',
      'ephemeral-storage': '0',
      'interlink.eu/gpu': '2',
    });
    expect(status?.nodeInfo?.containerRuntimeVersion).toBe('evil[2J://1');
  });

  test('a pod’s status tells of its own containers, with nothing in it that is not to be', async () => {
    await createPod('victim', name);
    const { status } = await runs('victim');
    expect(status?.containerStatuses?.map((each) => each.name)).toEqual(['main']);
    expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 2 ** 31 - 1 });
    expect(status?.containerStatuses?.[0]?.imageID).toBe(`]0;${'x'.repeat(2_044)}`);
    expect(status?.message).toBe('m'.repeat(4_095));
    expect(status?.podIP).toBeUndefined();
  });

  test('a pod of another node, and objects that are no pods of this node, stay as they are', async () => {
    const foreign = await createPod('foreign', 'some-other-node');
    const uid = foreign.metadata?.uid ?? '';
    await sidecar.tell([
      runningRecord({ uid, namespace: name, name: 'foreign' }),
      { type: 'gone', cursor: 'c-1', uid },
      runningRecord({ uid, namespace: name, name: 'foreign' }),
      { type: 'event', uid, event: { type: 'Warning', reason: 'Failed', message: 'not yours' } },
    ]);
    // It is taken for an orphan, which it is to this backend.
    await vi.waitFor(() => expect(sidecar.deleted).toContain(uid), patience);
    const { status, metadata } = await podNow('foreign');
    expect(status).toEqual(foreign.status);
    expect(metadata?.deletionTimestamp).toBeUndefined();
    const { items } = await client.list(events, { namespace: name }, { fieldSelector: 'involvedObject.name=foreign' });
    expect(items).toEqual([]);
    await client.delete(pods, { namespace: name, name: 'foreign' }, { gracePeriodSeconds: 0 });
  });

  test('a flood of pods, events and capabilities leaves the node Ready, and other pods served', async () => {
    const { metadata } = await podNow('victim').catch(async () => await createPod('victim', name));
    const uid = metadata?.uid ?? '';
    function* flood() {
      for (let index = 0; index < 1_000; index += 1) {
        yield runningRecord(
          { uid: randomUUID(), namespace: name, name: `made-up-${index}` },
          index % 10 === 0 ? 100_000 : 1_000,
        );
        yield { type: 'gone', cursor: 'c-1', uid: randomUUID() };
        yield { type: 'event', uid, event: { type: 'Normal', reason: `R${index}`, message: 'e'.repeat(2_000) } };
        if (index % 10 === 0) yield { type: 'capabilities', capabilities: flipped(index) };
      }
    }
    const flooding = sidecar.tell(flood());
    await createPod('other', name);
    await runs('other');
    await flooding;
    await createPod('after', name);
    await runs('after');

    const told = await client.list(events, { namespace: name }, { fieldSelector: 'involvedObject.name=victim' });
    expect(told.items.length).toBeLessThanOrEqual(21);
    for (const { reason, message } of told.items) {
      expect([(reason ?? '').length <= 128, Buffer.byteLength(message ?? '') <= 1_100]).toEqual([true, true]);
    }
    expect(readyOf(await nodeNow())).toBe('True');
  });
});

function readyOf({ status }: Node): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

function flipped(index: number): object {
  const capacity = { cpu: index % 20 === 0 ? '4' : '3', memory: '8Gi', 'interlink.eu/gpu': '2' };
  return {
    protocolVersions: ['v2'],
    backend: { kind: 'evil', version: '1' },
    verbs: ['create', 'delete', 'list', 'watch'],
    volumeTypes: ['emptyDir'],
    queues: false,
    pools: [{ name: 'p', capacity }],
  };
}
