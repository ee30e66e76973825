import { type Pod, pods } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod } from '../status/testing/statuses.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const path = { namespace: 'ns', name: 'p' };
const unclear = new InterLinkError('unavailable', 'may be there', { reason: 'CreateUnclear' });
/** As a v1 plugin's answer that can't be read. */
const unread = new InterLinkError('internal', 'answered create with nothing', { reason: 'CreateUnclear' });
const unanswered = InterLinkError.from(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
const refused = new InterLinkError('unavailable', 'not now');

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());
afterEach(endControllers);

/** A controller, and a pod whose create the backend answers so. */
async function startWith(refusal: Error | undefined, more: { spec?: Pod['spec']; metadata?: Pod['metadata'] } = {}) {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.refusal = refusal;
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, ...more.spec };
  cluster.put(pods, apiPod({ phase: 'Pending' }, spec, { uid, ...more.metadata }));
  const started = await startController(cluster, backend);
  await settle(1_000);
  return { cluster, backend, ...started };
}

const phaseOf = (cluster: FakeCluster) => cluster.find(pods, path)?.status?.phase;
const ends = ({ calls }: FakeBackend) => calls.filter((call) => !call.startsWith('create'));

test.each([
  ['may have had an effect', unclear, [`adopt ${uid}`, `delete ${uid} 30`]],
  ['was answered by what can’t be read', unread, [`adopt ${uid}`, `delete ${uid} 30`]],
  ['was not answered', unanswered, [`adopt ${uid}`, `delete ${uid} 30`]],
  ['was refused', refused, []],
])('a pod whose create %s, deleted: the backend is asked and told %#', async (_, refusal, calls) => {
  const { cluster, backend } = await startWith(refusal);
  cluster.userDeletes(pods, path, 30);
  await settle(1_000);
  expect([ends(backend), cluster.find(pods, path)]).toEqual([calls, undefined]);
});

test('a pod that has a job stays until the backend, which does not tell of it, has taken its deletion', async () => {
  const { cluster, backend } = await startWith(refused, { metadata: { annotations: { JobID: '7' } } });
  const deletePod = backend.deletePod.bind(backend);
  backend.deletePod = async (...args) => {
    await deletePod(...args);
    throw unanswered;
  };
  cluster.userDeletes(pods, path, 30);
  await settle();
  expect(ends(backend)).toEqual([`adopt ${uid}`, `delete ${uid} 30`]);
  expect(cluster.find(pods, path)).toBeDefined();
  backend.deletePod = deletePod;
  await settle(10_000);
  expect(cluster.find(pods, path)).toBeUndefined();
});

test('that a create is unclear is known from the pod after a restart of ours', async () => {
  const { cluster, backend, end } = await startWith(unclear);
  await end();
  backend.calls.length = 0;
  cluster.userDeletes(pods, path, 30);
  await startController(cluster, backend);
  await settle(1_000);
  expect(backend.calls).toEqual([`adopt ${uid}`, `delete ${uid} 30`]);
});

test('a pod that may be there is ended at the backend at its deadline, and again when it turns up later', async () => {
  const { cluster, backend } = await startWith(unclear, {
    spec: { containers: [{ name: 'main' }], activeDeadlineSeconds: 60 },
  });
  await settle(70_000);
  expect([ends(backend), phaseOf(cluster)]).toEqual([[`adopt ${uid}`, `delete ${uid} 5`], 'Failed']);
  const shown = cluster.find(pods, path)?.status;
  // The one that was told has restarted, and has forgotten that nobody wants it.
  backend.restart([]);
  await settle(10_000);
  backend.calls.length = 0;
  backend.now(uid, { main: 'running' });
  await settle(1_000);
  expect([backend.calls, cluster.find(pods, path)?.status]).toEqual([[`delete ${uid} 5`], shown]);
});

test('a create that is unclear is shown as such, in the words of whom it failed at', async () => {
  const { cluster } = await startWith(unread);
  const [main] = cluster.find(pods, path)?.status?.containerStatuses ?? [];
  expect(main?.state?.waiting).toEqual({ reason: 'CreateUnclear', message: 'answered create with nothing' });
});
