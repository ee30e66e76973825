import { type Node, nodes } from '@interlink/kube';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { FakeCluster, refusal } from '../testing/fake-cluster.ts';
import { NodeController } from './node-controller.ts';
import type { NodeDescription } from './node-object.ts';

const path = { name: 'virtual-1' };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());

let stop = new AbortController();
afterEach(() => stop.abort());

function nodeController(cluster: FakeCluster) {
  stop = new AbortController();
  const { logger, lines } = keepLogLines();
  const uids: Array<string | undefined> = [];
  const state = {
    health: { isReady: true, backendTrouble: undefined as string | undefined },
    description: {
      name: 'virtual-1',
      labels: {},
      taints: [{ key: 'virtual-node.interlink/no-schedule', value: 'true', effect: 'NoSchedule' }],
      capacity: { cpu: '8', memory: '16Gi', pods: '100', 'ephemeral-storage': '0' },
      internalIP: '192.0.2.7',
      kubeletPort: 10250,
      operatingSystem: 'Linux',
      containerRuntimeVersion: 'mock://1',
    } satisfies NodeDescription as NodeDescription,
  };
  const controller = new NodeController({
    client: cluster.asClient(),
    logger,
    describe: () => state.description,
    health: () => state.health,
    onRegistered: (node) => uids.push(node.metadata?.uid),
  });
  return { controller, lines, uids, state };
}

const settle = async (ms = 0) => await vi.advanceTimersByTimeAsync(ms);
const nodeOf = (cluster: FakeCluster) => cluster.find(nodes, path);
const conditionOf = (cluster: FakeCluster, type: string) =>
  nodeOf(cluster)?.status?.conditions?.find((condition) => condition.type === type);

/** A node that was registered, has become Ready and has come to rest. */
async function startWithReadyNode() {
  const cluster = new FakeCluster();
  const started = nodeController(cluster);
  await started.controller.register(stop.signal);
  void started.controller.run(stop.signal);
  await settle(11_000);
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
  cluster.forgetRequests();
  return { cluster, ...started };
}

test('register() makes a new node, NotReady, with its taints', async () => {
  const cluster = new FakeCluster();
  const { controller, uids, state } = nodeController(cluster);
  state.health.isReady = true;
  await controller.register(stop.signal);
  expect(conditionOf(cluster, 'Ready')).toMatchObject({ status: 'False', reason: 'KubeletNotReady' });
  expect(nodeOf(cluster)?.spec?.taints).toEqual(state.description.taints);
  expect(uids).toEqual([nodeOf(cluster)?.metadata?.uid]);
});

test('register() leaves a node that is there, and Ready, as it is, and tells of taints that it lacks', async () => {
  const cluster = new FakeCluster();
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }];
  const here = {
    addresses: [{ type: 'InternalIP', address: '192.0.2.7' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  };
  const metadata = { ...path, uid: 'old' };
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata, status: { conditions, ...here } };
  cluster.put(nodes, node);
  const { controller, lines, uids } = nodeController(cluster);
  await controller.register(stop.signal);
  expect(cluster.requests).toEqual(['GET nodes/virtual-1']);
  expect(nodeOf(cluster)?.status).toEqual(node.status);
  expect(uids).toEqual(['old']);
  expect(lines.filter((line) => line.includes('without these taints'))).toHaveLength(1);
});

test('register() moves a node that is there to this process, and changes nothing else', async () => {
  const cluster = new FakeCluster();
  const status: Node['status'] = {
    conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }],
    capacity: { cpu: '1' },
  };
  const elsewhere = {
    addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 4711 } },
  };
  cluster.put(nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...path, uid: 'old' },
    status: { ...status, ...elsewhere },
  });
  const { controller } = nodeController(cluster);
  await controller.register(stop.signal);
  expect(cluster.requests).toEqual(['GET nodes/virtual-1', 'PATCH nodes/virtual-1/status']);
  expect(nodeOf(cluster)?.status).toEqual({
    ...status,
    addresses: [{ type: 'InternalIP', address: '192.0.2.7' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  });
});

test('register() tries until the API lets it, and gives up with the signal', async () => {
  const cluster = new FakeCluster();
  cluster.refuse = () => refusal(500, 'InternalError', 'no');
  const { controller } = nodeController(cluster);
  const registered = controller.register(stop.signal);
  await settle(30_000);
  const tries = cluster.requests.length;
  expect(tries).toBeGreaterThan(6);
  expect(tries).toBeLessThan(15);
  cluster.refuse = () => undefined;
  await settle(7_000);
  await registered;
  expect(nodeOf(cluster)).toBeDefined();

  cluster.refuse = () => refusal(500, 'InternalError', 'no');
  const given = new AbortController();
  const failed = controller.register(given.signal);
  const caught = expect(failed).rejects.toMatchObject({ code: 'cancelled' });
  await settle(1_000);
  given.abort();
  await caught;
});

test('register() takes over a node that somebody else made at the same time', async () => {
  const cluster = new FakeCluster();
  const { controller, uids } = nodeController(cluster);
  cluster.refuse = (request) => {
    if (!request.startsWith('POST')) return undefined;
    cluster.put(nodes, { metadata: { ...path, uid: 'theirs' } });
    return refusal(409, 'AlreadyExists', 'nodes "virtual-1" already exists');
  };
  await controller.register(stop.signal);
  expect(uids).toEqual(['theirs']);
});

test('run() makes the node Ready, then sends nothing while nothing changes, but a heartbeat every five minutes', async () => {
  const { cluster } = await startWithReadyNode();
  const heartbeat = () => conditionOf(cluster, 'Ready')?.lastHeartbeatTime;
  const first = heartbeat();
  await settle(270_000);
  expect([cluster.requestsOf('PATCH'), heartbeat()]).toEqual([[], first]);
  expect(cluster.requestsOf('GET').length).toBe(27);
  await settle(30_000);
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);
  expect(heartbeat()).not.toBe(first);
  await settle(280_000);
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);
});

test('run() patches only what changed, at once when it is notified', async () => {
  const { cluster, controller, state } = await startWithReadyNode();
  const before = conditionOf(cluster, 'MemoryPressure');
  state.health.backendTrouble = 'ECONNREFUSED';
  controller.notify();
  await settle();
  expect(cluster.patches).toEqual([
    {
      status: {
        conditions: [
          expect.objectContaining({ type: 'NetworkUnavailable', status: 'True' }),
          expect.objectContaining({ type: 'InterLinkConnectivity', status: 'False', message: 'ECONNREFUSED' }),
        ],
      },
    },
  ]);
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
  expect(conditionOf(cluster, 'MemoryPressure')).toEqual(before);
});

test('run() puts right what others changed, and keeps what they added', async () => {
  const { cluster } = await startWithReadyNode();
  const node = nodeOf(cluster) as Node;
  const conditions = (node.status?.conditions ?? []).map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown' } : condition,
  );
  cluster.put(nodes, {
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata?.labels, mine: 'yes', 'kubernetes.io/os': 'plan9' } },
    status: { ...node.status, conditions: [...conditions, { type: 'example.com/Disk', status: 'False' }] },
  });
  await settle(10_000);
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
  expect(conditionOf(cluster, 'example.com/Disk')?.status).toBe('False');
  expect(nodeOf(cluster)?.metadata?.labels).toMatchObject({ mine: 'yes', 'kubernetes.io/os': 'linux' });
});

test('run() leaves a cordon, taints and annotations of others alone, whatever it writes', async () => {
  const { cluster, controller, state } = await startWithReadyNode();
  const node = nodeOf(cluster) as Node;
  const spec = { unschedulable: true, taints: [{ key: 'theirs', effect: 'NoExecute' }], podCIDR: '10.1.0.0/24' };
  cluster.put(nodes, { ...node, metadata: { ...node.metadata, annotations: { theirs: 'x' } }, spec });
  state.description = {
    ...state.description,
    labels: { 'interlink.eu/site': 'here' },
    capacity: { ...state.description.capacity, 'nvidia.com/gpu': '8' },
  };
  controller.notify();
  await settle();
  expect(nodeOf(cluster)?.status?.allocatable?.['nvidia.com/gpu']).toBe('8');
  expect(nodeOf(cluster)?.metadata).toMatchObject({
    labels: { 'interlink.eu/site': 'here' },
    annotations: { theirs: 'x' },
  });
  expect(nodeOf(cluster)?.spec).toEqual(spec);
  for (const patch of cluster.patches) expect(Object.keys(patch)).not.toContain('spec');

  const { 'nvidia.com/gpu': _gone, ...capacity } = state.description.capacity;
  state.description = { ...state.description, labels: {}, capacity };
  controller.notify();
  await settle();
  expect(nodeOf(cluster)?.status?.capacity?.['nvidia.com/gpu']).toBe('0');
  expect(Object.keys(nodeOf(cluster)?.metadata?.labels ?? {})).not.toContain('interlink.eu/site');
  expect([nodeOf(cluster)?.metadata?.annotations, nodeOf(cluster)?.spec]).toEqual([{ theirs: 'x' }, spec]);
});

test('run() shows a capacity that changed, but sends no patch for another spelling of the same', async () => {
  const { cluster, controller, state } = await startWithReadyNode();
  state.description = { ...state.description, capacity: { ...state.description.capacity, memory: '32768Mi' } };
  controller.notify();
  await settle();
  const capacity = { cpu: '8', memory: '32Gi', pods: '100', 'ephemeral-storage': '0' };
  const node = nodeOf(cluster) as Node;
  expect(node.status?.capacity?.memory).toBe('32768Mi');
  cluster.put(nodes, { ...node, status: { ...node.status, capacity, allocatable: capacity } });
  cluster.forgetRequests();
  await settle(60_000);
  expect(cluster.requestsOf('PATCH')).toEqual([]);
});

test('run() brings a node back that somebody deleted, as a new one that becomes Ready', async () => {
  const { cluster, uids } = await startWithReadyNode();
  cluster.remove(nodes, path);
  await settle(10_000);
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
  expect(uids).toEqual([expect.any(String), nodeOf(cluster)?.metadata?.uid]);
  expect(new Set(uids).size).toBe(2);
});

test('run() survives an API that refuses', async () => {
  const { cluster, lines } = await startWithReadyNode();
  cluster.refuse = () => refusal(500, 'InternalError', 'no');
  await settle(60_000);
  cluster.refuse = () => undefined;
  cluster.remove(nodes, path);
  await settle(11_000);
  expect(lines).toContain('cannot update the node status');
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
});

const poolTaints = [{ key: 'site.example/full', value: 'yes', effect: 'NoSchedule' }];

test('run() gives the node its pool’s taints before it is shown as ready, and takes them away again', async () => {
  const cluster = new FakeCluster();
  const { controller, state } = nodeController(cluster);
  const { taints } = state.description;
  state.description = { ...state.description, poolTaints };
  await controller.register(stop.signal);
  cluster.forgetRequests();
  void controller.run(stop.signal);
  await settle(1_000);
  expect(nodeOf(cluster)?.spec?.taints).toEqual([...taints, ...poolTaints]);
  expect(cluster.requestsOf('PATCH')).toEqual(['PATCH nodes/virtual-1', 'PATCH nodes/virtual-1/status']);
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
  state.description = { ...state.description, poolTaints: [] };
  controller.notify();
  await settle(1_000);
  expect(nodeOf(cluster)?.spec?.taints).toEqual(taints);
});

test('run() tells once that it may not set taints, and keeps the status true all the same', async () => {
  const cluster = new FakeCluster();
  const { controller, state, lines } = nodeController(cluster);
  state.description = { ...state.description, poolTaints };
  await controller.register(stop.signal);
  cluster.refuse = (request) => (request === 'PATCH nodes/virtual-1' ? refusal(403, 'Forbidden', 'no') : undefined);
  void controller.run(stop.signal);
  await settle(35_000);
  expect(conditionOf(cluster, 'Ready')?.status).toBe('True');
  expect(lines.filter((line) => line.includes('taints are not set'))).toHaveLength(1);
});
