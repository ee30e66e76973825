import { type Pod, pods } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod, containerStatuses } from '../status/testing/statuses.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const path = { namespace: 'ns', name: 'p' };
const statusUnclear = new InterLinkError('internal', 'no such job', { reason: 'status_unclear' });
const createUnclear = new InterLinkError('unavailable', 'may be there', { reason: 'CreateUnclear' });
const pending: Pod['status'] = { phase: 'Pending' };
const running: Pod['status'] = { phase: 'Running', containerStatuses: containerStatuses({ main: 'running' }) };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());
afterEach(endControllers);

/** A controller whose backend does not list the pod, and fails when it is asked for it. */
async function startWith(
  status: Pod['status'],
  { adoptRefusal, ...more }: { adoptRefusal: Error; spec?: Pod['spec'] },
) {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.refusal = createUnclear;
  backend.adoptRefusal = adoptRefusal;
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, ...more.spec };
  cluster.put(pods, apiPod(status ?? {}, spec, { uid }));
  await startController(cluster, backend);
  await settle(1_000);
  return { cluster, backend, isTold: (grace: number) => backend.calls.includes(`delete ${uid} ${grace}`) };
}

const phaseOf = (cluster: FakeCluster) => cluster.find(pods, path)?.status?.phase;

test.each([
  ['whose create was unclear', pending],
  ['that has begun', running],
])('a pod %s goes when it is deleted, once the backend that can’t tell of it has taken that', async (_, status) => {
  const { cluster, backend, isTold } = await startWith(status, { adoptRefusal: statusUnclear });
  const deletePod = backend.deletePod.bind(backend);
  backend.deletePod = async (...args) => {
    await deletePod(...args);
    throw new InterLinkError('internal', 'busy');
  };
  cluster.userDeletes(pods, path, 30);
  await settle(1_000);
  expect([isTold(30), cluster.find(pods, path) === undefined]).toEqual([true, false]);
  backend.deletePod = deletePod;
  await settle(30_000);
  expect(cluster.find(pods, path)).toBeUndefined();
});

test('a pod past its deadline fails once the backend that can’t tell of it has taken its end', async () => {
  const spec = { containers: [{ name: 'main' }], activeDeadlineSeconds: 60 };
  const { cluster, isTold } = await startWith(pending, { adoptRefusal: statusUnclear, spec });
  expect([isTold(5), phaseOf(cluster)]).toEqual([false, 'Pending']);
  await settle(70_000);
  expect([isTold(5), phaseOf(cluster)]).toEqual([true, 'Failed']);
});

test('a pod that has begun is not lost while its backend can’t tell of it', async () => {
  const { cluster, backend, isTold } = await startWith(running, { adoptRefusal: statusUnclear });
  await settle(60_000);
  expect([backend.calls.includes(`adopt ${uid}`), isTold(5), phaseOf(cluster)]).toEqual([true, false, 'Running']);
});

test('a pod that is deleted while nobody can be asked for it stays, and the backend is told nothing yet', async () => {
  const away = new InterLinkError('unavailable', 'connect ECONNREFUSED');
  const { cluster, backend, isTold } = await startWith(pending, { adoptRefusal: away });
  cluster.userDeletes(pods, path, 30);
  await settle(1_000);
  expect([backend.calls.includes(`adopt ${uid}`), isTold(30)]).toEqual([true, false]);
  expect(cluster.find(pods, path)).toBeDefined();
});
