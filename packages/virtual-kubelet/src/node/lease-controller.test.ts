import { type Lease, leases } from '@interlink/kube';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { FakeCluster, refusal } from '../testing/fake-cluster.ts';
import { LeaseController } from './lease-controller.ts';

const path = { namespace: 'kube-node-lease', name: 'virtual-1' };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05.678Z') });
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  stop.abort();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

let stop = new AbortController();

async function startLease(cluster: FakeCluster, nodeUid?: string) {
  stop = new AbortController();
  const { logger, lines } = keepLogLines();
  const controller = new LeaseController({ client: cluster.asClient(), nodeName: 'virtual-1', logger });
  if (nodeUid !== undefined) controller.setNodeUid(nodeUid);
  void controller.run(stop.signal);
  await settle();
  return { controller, lines };
}

const settle = async (ms = 0) => await vi.advanceTimersByTimeAsync(ms);
const leaseOf = (cluster: FakeCluster) => cluster.find(leases, path) as Lease;
const ownersOf = (cluster: FakeCluster) => leaseOf(cluster).metadata?.ownerReferences?.map(({ uid }) => uid);

test('LeaseController makes the lease with its node as the only owner', async () => {
  const cluster = new FakeCluster();
  await startLease(cluster, 'node-uid');
  expect(leaseOf(cluster)).toMatchObject({
    metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'virtual-1', uid: 'node-uid' }] },
    spec: { holderIdentity: 'virtual-1', leaseDurationSeconds: 40, renewTime: '2026-01-02T03:04:05.678000Z' },
  });
});

test('LeaseController renews every ten seconds with one request', async () => {
  const cluster = new FakeCluster();
  await startLease(cluster, 'node-uid');
  cluster.forgetRequests();
  await settle(30_000);
  expect(cluster.requests).toEqual(Array.from({ length: 3 }, () => 'PUT leases/kube-node-lease/virtual-1'));
  expect(leaseOf(cluster).spec?.renewTime).toBe('2026-01-02T03:04:35.678000Z');
});

test('LeaseController makes no lease before it knows whose', async () => {
  const cluster = new FakeCluster();
  const { controller } = await startLease(cluster);
  expect(cluster.requests).toEqual([]);
  controller.setNodeUid('node-uid');
  await settle(10_000);
  expect(ownersOf(cluster)).toEqual(['node-uid']);
});

test('LeaseController takes over a lease that is there, and keeps what it does not know', async () => {
  const cluster = new FakeCluster();
  const metadata = { ...path, uid: 'u', labels: { mine: 'yes' } };
  cluster.put(leases, { metadata, spec: { holderIdentity: 'another', leaseTransitions: 3 } });
  await startLease(cluster, 'node-uid');
  expect(leaseOf(cluster)).toMatchObject({
    metadata: { labels: { mine: 'yes' }, ownerReferences: [{ uid: 'node-uid' }] },
    spec: { holderIdentity: 'virtual-1', leaseTransitions: 3 },
  });
});

test('LeaseController gives the lease to a node that was made anew', async () => {
  const cluster = new FakeCluster();
  const { controller } = await startLease(cluster, 'old');
  controller.setNodeUid('new');
  await settle(10_000);
  expect(ownersOf(cluster)).toEqual(['new']);
});

test.each([
  [
    'somebody else has written it (409)',
    (cluster: FakeCluster) => cluster.put(leases, { ...leaseOf(cluster), spec: {} }),
  ],
  ['somebody has deleted it (404)', (cluster: FakeCluster) => cluster.remove(leases, path)],
])('LeaseController renews within a second though %s', async (_, disturb) => {
  const cluster = new FakeCluster();
  await startLease(cluster, 'node-uid');
  disturb(cluster);
  await settle(11_000);
  expect(leaseOf(cluster).spec).toMatchObject({ holderIdentity: 'virtual-1' });
  expect(ownersOf(cluster)).toEqual(['node-uid']);
});

test('LeaseController waits longer and longer while the API refuses, seven seconds at most', async () => {
  const cluster = new FakeCluster();
  await startLease(cluster, 'node-uid');
  cluster.forgetRequests();
  cluster.refuse = () => refusal(500, 'InternalError', 'no');
  await settle(10_000 + 100 + 200 + 400 + 800 + 1_600 + 3_200 + 6_400 + 70_000);
  expect(cluster.requests.length).toBe(18);
  cluster.refuse = () => undefined;
  await settle(7_000);
  expect(leaseOf(cluster).spec?.renewTime).toMatch(/^2026-01-02T03:05:/);
});
