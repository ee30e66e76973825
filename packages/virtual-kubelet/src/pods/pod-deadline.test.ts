import { type Pod, pods } from '@interlink/kube';
import { type Capabilities, InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod, containerStatus } from '../status/testing/statuses.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { podDeadline, withDeadlineLeft } from './pod-deadline.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const path = { namespace: 'ns', name: 'p' };
const failed = {
  phase: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());
afterEach(endControllers);

const statusOf = (cluster: FakeCluster) => cluster.find(pods, path)?.status;

function podWithDeadline(activeDeadlineSeconds: number): Pod {
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, activeDeadlineSeconds };
  return apiPod({ phase: 'Pending' }, spec, { uid });
}

async function startWithDeadline(activeDeadlineSeconds: number) {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  cluster.put(pods, podWithDeadline(activeDeadlineSeconds));
  const started = await startController(cluster, backend);
  await settle();
  backend.now(uid, { main: 'running' });
  await settle();
  backend.calls.length = 0;
  cluster.forgetRequests();
  return { cluster, backend, ...started };
}

test('podDeadline() counts from the start that the API shows', () => {
  const pod = podWithDeadline(60);
  expect(podDeadline(pod)).toBeUndefined();
  expect(podDeadline({ ...pod, status: { startTime: '2026-01-02T03:04:05Z' } })).toBe(
    Date.parse('2026-01-02T03:05:05Z'),
  );
});

test('a pod past its deadline is ended at the backend, then shown as failed; its API object stays', async () => {
  const { cluster, backend, events } = await startWithDeadline(60);
  await settle(59_000);
  expect(backend.calls).toEqual([]);
  await settle(2_000);
  expect(backend.calls).toEqual([`delete ${uid} 5`]);
  expect(statusOf(cluster)?.phase).toBe('Running');
  // It ends well on TERM, by a clock that is slow.
  const terminated = { exitCode: 0, finishedAt: '2026-01-02T03:05:01Z' };
  backend.report({
    ...{ uid, namespace: 'ns', name: 'p' },
    status: { containerStatuses: [containerStatus('main', 0, { state: { terminated } })] },
  });
  await settle();
  backend.gone(uid);
  await settle(60_000);
  expect(statusOf(cluster)).toMatchObject({
    ...failed,
    containerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
  });
  expect(events).toEqual([`Normal DeadlineExceeded: ${failed.message}`]);
  expect(backend.calls).toEqual([`delete ${uid} 5`]);
});

test('the deadline is kept over a restart of ours, also when it passed meanwhile and the backend is done', async () => {
  const { cluster, backend, end } = await startWithDeadline(60);
  await end();
  await settle(70_000);
  const second = await startController(cluster, backend);
  await settle();
  expect(backend.calls).toContain(`delete ${uid} 5`);
  await second.end();
  backend.calls.length = 0;
  backend.gone(uid);
  await startController(cluster, backend);
  await settle();
  expect(statusOf(cluster)).toMatchObject({
    ...failed,
    containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }],
  });
  expect(backend.calls).toEqual([`adopt ${uid}`]);
});

test('a pod that ended in time is not failed by a deadline that passes before it is seen', async () => {
  const { cluster, backend, end } = await startWithDeadline(60);
  await end();
  backend.now(uid, { main: 0 });
  await settle(70_000);
  await startController(cluster, backend);
  await settle();
  expect([statusOf(cluster)?.phase, statusOf(cluster)?.reason, backend.calls]).toEqual(['Succeeded', undefined, []]);
});

test('a deadline that is made shorter counts at once', async () => {
  const { cluster, backend } = await startWithDeadline(600);
  await settle(30_000);
  const before = cluster.find(pods, path);
  if (before?.spec === undefined) throw new Error('The pod is gone');
  const metadata = { ...before.metadata, generation: 2 };
  cluster.put(pods, { ...before, metadata, spec: { ...before.spec, activeDeadlineSeconds: 10 } });
  await settle();
  expect(backend.calls).toContain(`delete ${uid} 5`);
});

const enforcing: Capabilities = {
  ...{ protocolVersions: ['v2'], volumeTypes: [], queues: true, pools: [], enforcesDeadline: true },
  ...{ backend: { kind: 'slurm', version: '1' }, verbs: ['create', 'delete', 'list'] },
};

test('a backend that ends pods past their deadlines by itself is left to it', async () => {
  const { backend } = await startWithDeadline(60);
  backend.announced = enforcing;
  await settle(120_000);
  expect(backend.calls).toEqual([]);
});

test('a pod that such a backend never took is failed all the same', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.announced = enforcing;
  backend.refusal = new InterLinkError('unavailable', 'not now');
  cluster.put(pods, podWithDeadline(60));
  await startController(cluster, backend);
  await settle(50_000);
  expect(statusOf(cluster)?.phase).toBe('Pending');
  await settle(20_000);
  expect(statusOf(cluster)).toMatchObject(failed);
  expect(backend.calls.filter((call) => call.startsWith('delete'))).toEqual([]);
});

test('a deadline further away than a timer reaches does not come early', async () => {
  const { backend } = await startWithDeadline(100 * 24 * 3_600);
  await settle(5_000);
  expect(backend.calls).toEqual([]);
});

test.each([
  ['what is left, rounded up', '2027-01-01T00:00:00Z', 60, '2027-01-01T00:00:12.400Z', 48],
  ['all of it for a pod that begins', undefined, 60, '2027-01-01T00:00:12Z', 60],
  ['a second when it has passed meanwhile', '2027-01-01T00:00:00Z', 60, '2027-01-01T00:02:00Z', 1],
  ['none where there is none', '2027-01-01T00:00:00Z', undefined, '2027-01-01T00:02:00Z', undefined],
])('withDeadlineLeft() gives %s', (_, startTime, activeDeadlineSeconds, now, left) => {
  const spec = {
    containers: [{ name: 'c' }],
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
  };
  const request = { pod: { metadata: { name: 'p', namespace: 'ns', uid: 'u' }, spec }, volumes: [] };
  const pod = { spec, ...(startTime === undefined ? {} : { status: { startTime } }) };
  expect(withDeadlineLeft(request, pod, Date.parse(now)).pod.spec.activeDeadlineSeconds).toBe(left);
});
