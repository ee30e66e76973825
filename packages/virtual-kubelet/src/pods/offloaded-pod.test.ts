import { type Pod, pods } from '@interlink/kube';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod } from '../status/testing/statuses.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { offloadedPod } from './offloaded-pod.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const path = { namespace: 'ns', name: 'p' };
const [containersKey, initKey] = [
  'interlink.eu/disable-offload-containers',
  'interlink.eu/disable-offload-init-containers',
];

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());
afterEach(endControllers);

function podWith(annotations: Record<string, string>): Pod {
  const named = (name: string) => ({ name, image: 'busybox' });
  const spec = {
    restartPolicy: 'Never',
    initContainers: [named('setup')],
    containers: [named('main'), named('proxy')],
  };
  return apiPod({ phase: 'Pending' }, spec, { uid, annotations });
}

async function startWith(annotations: Record<string, string>) {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  const started = await startController(cluster, backend);
  cluster.put(pods, podWith(annotations));
  await settle(1_000);
  return { cluster, backend, ...started, statusOf: () => cluster.find(pods, path)?.status };
}

test.each([
  ['nothing', {}, [['setup'], ['main', 'proxy']], [], []],
  ['commas', { [containersKey]: 'proxy,main' }, [['setup'], []], ['main', 'proxy'], []],
  ['blanks', { [containersKey]: ' proxy , ', [initKey]: 'setup' }, [[], ['main']], ['proxy', 'setup'], []],
  ['the other list', { [containersKey]: 'setup' }, [['setup'], ['main', 'proxy']], [], ['setup']],
  ['no such container', { [containersKey]: 'proxi' }, [['setup'], ['main', 'proxy']], [], ['proxi']],
])('offloadedPod() reads %s', (_, annotations, kept, leftOut, unknown) => {
  const found = offloadedPod(podWith(annotations));
  const { initContainers = [], containers = [] } = found.pod.spec ?? {};
  expect([initContainers, containers].map((list) => list.map(({ name }) => name))).toEqual(kept);
  expect([[...found.leftOut].sort(), found.unknown]).toEqual([leftOut, unknown]);
});

test('containers that are left out are not sent, are shown as such, and count for nothing', async () => {
  const { backend, statusOf } = await startWith({ [containersKey]: 'proxy', [initKey]: 'setup' });
  const { containers, initContainers } = backend.requests.get(uid)?.pod.spec ?? {};
  expect([containers?.map(({ name }) => name), initContainers]).toEqual([['main'], []]);
  const leftOut = { waiting: { reason: 'NotOffloaded' } };
  backend.now(uid, { main: 'running' });
  await settle();
  expect(statusOf()).toMatchObject({
    phase: 'Running',
    initContainerStatuses: [{ name: 'setup', ready: false, state: leftOut }],
    containerStatuses: [
      { name: 'main', ready: true },
      { name: 'proxy', ready: false, state: leftOut },
    ],
  });
  expect(statusOf()?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  backend.now(uid, { main: 0 });
  await settle();
  expect(statusOf()?.phase).toBe('Succeeded');
});

test('a name that the pod does not have is one warning, and the pod runs', async () => {
  const { backend, events } = await startWith({ [containersKey]: 'main proxi' });
  await settle(120_000);
  expect(backend.calls).toEqual([`create ${uid}`]);
  expect(events).toEqual([expect.stringMatching(/^Warning NoSuchContainer: .*"proxi"/)]);
});

test('a pod of which nothing is left stays Pending, with the reason and one event', async () => {
  const { backend, events, statusOf } = await startWith({ [containersKey]: 'main,proxy' });
  await settle(300_000);
  expect([backend.calls, events]).toEqual([[], [expect.stringMatching(/^Warning NotOffloaded: All containers/)]]);
  expect(statusOf()).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'NotOffloaded' } } }, {}],
  });
});

test('a mirror of a static pod is nobody’s: not run, not shown at the kubelet port, not removed', async () => {
  const { cluster, backend, controller } = await startWith({ 'kubernetes.io/config.mirror': 'x' });
  cluster.userDeletes(pods, path, 30);
  await settle(60_000);
  expect([backend.calls, cluster.requestsOf('PATCH'), cluster.requestsOf('DELETE')]).toEqual([[], [], []]);
  expect([controller.find('ns', 'p'), [...controller.all()]]).toEqual([undefined, []]);
});
