import { configMaps, KubeTransportError, type Pod, pods } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod, containerStatus, podReport } from '../status/testing/statuses.ts';
import { FakeCluster, refusal } from '../testing/fake-cluster.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const [one, two] = ['11111111-1111-4111-8111-000000000001', '11111111-1111-4111-8111-000000000002'];
const path = { namespace: 'ns', name: 'p' };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());

afterEach(endControllers);

function newPod(uid = one, spec: Partial<NonNullable<Pod['spec']>> = {}, metadata: object = {}): Pod {
  return apiPod({ phase: 'Pending' }, { restartPolicy: 'Never', ...spec }, { uid, ...metadata });
}

/** A pod that has been running at the backend for a while, and the API shows it. */
async function startWithRunningPod(spec: Partial<NonNullable<Pod['spec']>> = {}, metadata: object = {}) {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  const started = await startController(cluster, backend);
  cluster.put(pods, newPod(one, spec, metadata));
  await settle();
  backend.now(one, Object.fromEntries((spec.containers ?? [{ name: 'main' }]).map(({ name }) => [name, 'running'])));
  await settle();
  expect(cluster.find(pods, path)?.status?.phase).toBe('Running');
  cluster.forgetRequests();
  backend.calls.length = 0;
  return { cluster, backend, ...started };
}

const phaseOf = (cluster: FakeCluster) => cluster.find(pods, path)?.status?.phase;
const mainOf = (cluster: FakeCluster) => cluster.find(pods, path)?.status?.containerStatuses?.[0];

test('a pod is created once and costs one PATCH until it runs', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  const { lines } = await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle();
  backend.now(one, { main: 'running' });
  await settle(60_000);
  expect(backend.calls).toEqual([`create ${one}`]);
  expect(cluster.requests).toEqual(['LIST pods', 'LIST services', 'PATCH pods/ns/p/status']);
  expect(phaseOf(cluster)).toBe('Running');
  expect(lines).toContain('pod phase changed');
});

test('keys that cannot name a variable are told of as an event of the pod', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  cluster.put(configMaps, { metadata: { namespace: 'ns', name: 'cm', uid: 'cm' }, data: { 'a=b': '1', good: '2' } });
  const { events } = await startController(cluster, backend);
  cluster.put(pods, newPod(one, { containers: [{ name: 'main', envFrom: [{ configMapRef: { name: 'cm' } }] }] }));
  await settle();
  expect(events).toEqual([expect.stringMatching(/^Warning InvalidEnvironmentVariableNames: Keys \[a=b\] from /)]);
  expect(backend.requests.get(one)?.pod.spec.containers[0]?.env).toEqual([{ name: 'good', value: '2' }]);
});

test('the files of a pod follow its ConfigMap from its create to its deletion', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  const put = (text: string) =>
    cluster.put(configMaps, { metadata: { namespace: 'ns', name: 'cm', uid: 'cm' }, data: { key: text } });
  put('1');
  const { end } = await startController(cluster, backend);
  const volumes = [{ name: 'files', configMap: { name: 'cm' } }];
  cluster.put(pods, newPod(one, { volumes, containers: [{ name: 'main' }] }));
  await settle();
  backend.now(one, { main: 'running' });
  await settle();
  put('2');
  await settle(1_000);
  expect(backend.calls).toEqual([`create ${one}`, `files ${one} key=2`]);
  await end();

  // Changes while nobody looks, and at a backend that goes and comes back.
  put('3');
  await startController(cluster, backend);
  await settle(1_000);
  expect(backend.calls.slice(2)).toEqual([`files ${one} key=3`]);
  backend.isDown = true;
  put('4');
  await settle(30_000);
  backend.isDown = false;
  await settle(30_000);
  expect(backend.calls.slice(3)).toEqual([`files ${one} key=4`]);

  cluster.userDeletes(pods, path, 30);
  await settle();
  put('5');
  await settle(1_000);
  expect(backend.calls.slice(4)).toEqual([`delete ${one} 30`]);
});

test('a pod that takes its time shows what it waits for after a moment', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle(150);
  expect(cluster.requestsOf('PATCH')).toEqual([]);
  await settle(100);
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);
  expect(mainOf(cluster)?.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
});

test('another’s change that comes while our PATCH is on its way is acted upon', async () => {
  const { cluster, backend } = await startWithRunningPod();
  cluster.beforePatchAnswer = async () => {
    cluster.beforePatchAnswer = async () => undefined;
    cluster.userDeletes(pods, path, 30);
    await settle();
  };
  backend.now(one, { main: 'backOff:1' });
  await settle();
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 30`]);
});

test('another’s change that comes back with our own PATCH is acted upon', async () => {
  const { cluster, backend } = await startWithRunningPod();
  vi.spyOn(cluster, 'patch').mockImplementationOnce(async (...args) => {
    // Its own event is lost, as when the watch breaks and lists again.
    cluster.isWatchMuted = true;
    cluster.userDeletes(pods, path, 30);
    cluster.isWatchMuted = false;
    return await FakeCluster.prototype.patch.apply(cluster, args);
  });
  backend.now(one, { main: 'backOff:1' });
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 30`]);
});

test('a report that says nothing new costs no request, a change costs one PATCH', async () => {
  const { cluster, backend } = await startWithRunningPod();
  backend.now(one, { main: 'running' }, { observedGeneration: 1 });
  await settle(1_000);
  expect(cluster.requests).toEqual([]);
  backend.now(one, { main: 0 });
  await settle(60_000);
  expect(cluster.requests).toEqual(['PATCH pods/ns/p/status']);
  expect(phaseOf(cluster)).toBe('Succeeded');
});

test('a report of an ended pod stays unread once the API shows its end: no stale one brings it back', async () => {
  const { cluster, backend } = await startWithRunningPod();
  backend.now(one, { main: 1 });
  await settle();
  cluster.forgetRequests();
  backend.now(one, { main: 'running' });
  await settle(60_000);
  backend.gone(one);
  await settle(60_000);
  expect([phaseOf(cluster), cluster.requests, backend.calls]).toEqual(['Failed', [], []]);
});

test('a create that fails for a while is retried with back-off, told once, and never fails the pod', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.refusal = new InterLinkError('unavailable', 'slurmctld does not answer');
  const { events } = await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle(600_000);
  const tries = backend.calls.length;
  expect(tries).toBeGreaterThan(15);
  expect(tries).toBeLessThan(40);
  expect(phaseOf(cluster)).toBe('Pending');
  const waiting = { reason: 'ContainerCreating', message: 'slurmctld does not answer' };
  expect(mainOf(cluster)?.state).toEqual({ waiting });
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);
  expect(events).toEqual(['Warning FailedCreatePod: Cannot create the pod at the backend: slurmctld does not answer']);
  backend.refusal = undefined;
  await settle(60_000);
  backend.now(one, { main: 'running' });
  await settle();
  expect([phaseOf(cluster), mainOf(cluster)?.state?.waiting]).toEqual(['Running', undefined]);
});

test('a create that fails with other words each time is no reason to try at once again', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  Object.defineProperty(backend, 'refusal', {
    get: () => new InterLinkError('unavailable', `no: request ${backend.calls.length}`),
  });
  await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle(10_000);
  expect(backend.calls.length).toBeGreaterThan(3);
  expect(backend.calls.length).toBeLessThan(10);
});

test('a create that is refused for good leaves a waiting reason and one event, and is tried once a minute', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.refusal = new InterLinkError('failed_precondition', 'no volume of type nfs', { reason: 'FailedMount' });
  const { events } = await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle(185_000);
  expect(backend.calls).toHaveLength(4);
  expect(phaseOf(cluster)).toBe('Pending');
  expect(mainOf(cluster)?.state).toEqual({
    waiting: { reason: 'FailedMount', message: 'no volume of type nfs' },
  });
  expect(events).toEqual(['Warning FailedMount: Cannot create the pod at the backend: no volume of type nfs']);
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);
});

test('a create that was refused for good is tried at once when its author changes the pod', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.refusal = new InterLinkError('failed_precondition', 'no such image');
  await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle(1_000);
  const tries = backend.calls.length;
  const pod = cluster.find(pods, path) as Pod;
  cluster.put(pods, { ...pod, metadata: { ...pod.metadata, labels: { touched: 'only' } } });
  await settle(1_000);
  expect(backend.calls).toHaveLength(tries);
  const again = cluster.find(pods, path) as Pod;
  cluster.put(pods, { ...again, metadata: { ...again.metadata, generation: 2 } });
  await settle(1_000);
  expect(backend.calls).toHaveLength(tries + 1);
});

test('a pod whose ConfigMap is missing goes on at once when it appears', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  const { events } = await startController(cluster, backend);
  const envFrom = [{ configMapRef: { name: 'settings' } }];
  cluster.put(pods, newPod(one, { containers: [{ name: 'main', image: 'busybox', envFrom }] }));
  await settle(10);
  expect(mainOf(cluster)?.state?.waiting).toMatchObject({
    reason: 'CreateContainerConfigError',
    message: expect.stringContaining('configmap "settings" not found'),
  });
  expect(backend.calls).toEqual([]);
  expect(events.length).toBeGreaterThan(0);
  const told = [...events];
  cluster.put(configMaps, { metadata: { namespace: 'ns', name: 'settings', uid: 'u' }, data: { KEY: 'value' } });
  await settle(10);
  expect(backend.calls).toEqual([`create ${one}`]);
  expect(backend.requests.get(one)?.pod.spec.containers[0]?.env).toEqual([{ name: 'KEY', value: 'value' }]);
  expect(events).toEqual(told);
});

test('a deleted pod is stopped, its end is shown, then it goes from the API, then from the backend', async () => {
  const { cluster, backend, controller } = await startWithRunningPod();
  cluster.userDeletes(pods, path, 30);
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 30`]);
  expect(cluster.requestsOf('DELETE')).toEqual([]);
  cluster.forgetRequests();
  backend.now(one, { main: 143 });
  await settle();
  expect(cluster.requests).toEqual(['PATCH pods/ns/p/status', 'DELETE pods/ns/p']);
  expect(cluster.patches).toMatchObject([
    { status: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 143 } } }] } },
  ]);
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 30`, `delete ${one} 2`]);
  backend.gone(one);
  await settle();
  expect([controller.find('ns', 'p'), [...controller.all()]]).toEqual([undefined, []]);
  // Only those of the stream: its bookmarks and its silence. None for a pod that is gone.
  expect(vi.getTimerCount()).toBe(2);
  cluster.forgetRequests();
  await settle(600_000);
  expect([cluster.requests, backend.calls.length, vi.getTimerCount()]).toEqual([[], 2, 2]);
});

test('a deleted pod that vanishes at the backend shows how it was last seen to end', async () => {
  const { cluster, backend } = await startWithRunningPod({
    containers: [
      { name: 'main', image: 'busybox' },
      { name: 'other', image: 'busybox' },
    ],
  });
  backend.now(one, { main: 'running', other: 7 });
  await settle();
  cluster.userDeletes(pods, path, 30);
  await settle();
  cluster.forgetRequests();
  backend.gone(one);
  await settle();
  expect(cluster.requests).toEqual(['PATCH pods/ns/p/status', 'DELETE pods/ns/p']);
  expect(cluster.patches).toMatchObject([
    {
      status: {
        phase: 'Failed',
        containerStatuses: [
          { name: 'main', state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } },
          { name: 'other', state: { terminated: { exitCode: 7 } } },
        ],
      },
    },
  ]);
});

test('a backend that refuses to stop a pod is asked until it agrees; the API keeps the pod', async () => {
  const { cluster, backend } = await startWithRunningPod();
  backend.isDown = true;
  cluster.userDeletes(pods, path, 5);
  await settle(60_000);
  expect(cluster.find(pods, path)).toBeDefined();
  expect(cluster.requestsOf('DELETE')).toEqual([]);
  backend.isDown = false;
  backend.calls.length = 0;
  await settle(40_000);
  // Told once for the recovered backend, and again when it had not ended the pod ten seconds after the grace period.
  expect(backend.calls.slice(0, 2)).toEqual([`delete ${one} 1`, `delete ${one} 1`]);
  backend.gone(one);
  await settle();
  expect(cluster.find(pods, path)).toBeUndefined();
});

test('a second, shorter deletion reaches the backend, an equal one does not', async () => {
  const { cluster, backend } = await startWithRunningPod();
  cluster.userDeletes(pods, path, 300);
  await settle(1_000);
  cluster.put(pods, { ...(cluster.find(pods, path) as Pod) });
  await settle(1_000);
  expect(backend.calls).toEqual([`delete ${one} 300`]);
  cluster.userDeletes(pods, path, 10);
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 300`, `delete ${one} 10`]);
});

test('a deletion gets its whole grace period from when it is seen, however far ahead our clock is', async () => {
  const { cluster, backend } = await startWithRunningPod();
  vi.setSystemTime(Date.now() - 600_000);
  cluster.userDeletes(pods, path, 30);
  vi.setSystemTime(Date.now() + 600_000);
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 30`]);
});

test('a deletion is never given more grace than was granted, whatever our clock says', async () => {
  const { cluster, backend } = await startWithRunningPod();
  vi.setSystemTime(Date.now() + 600_000);
  cluster.userDeletes(pods, path, 30);
  vi.setSystemTime(Date.now() - 600_000);
  await settle();
  expect(backend.calls).toEqual([`delete ${one} 30`]);
});

test('a pod deleted while its create is on its way to the stream is stopped before the API forgets it', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.reportsCreated = false;
  await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle();
  cluster.userDeletes(pods, path, 30);
  await settle();
  expect([backend.calls, cluster.requestsOf('DELETE')]).toEqual([[`create ${one}`, `delete ${one} 30`], []]);
  backend.now(one, { main: 'running' });
  await settle();
  backend.now(one, { main: 0 });
  await settle();
  expect(cluster.find(pods, path)).toBeUndefined();
});

test('a pod kept by finalizers after its end is not deleted over and over', async () => {
  const { cluster, backend } = await startWithRunningPod({}, { finalizers: ['example.com/keep'] });
  cluster.userDeletes(pods, path, 30);
  await settle();
  backend.now(one, { main: 0 });
  await settle(60_000);
  for (const label of ['a', 'b', 'c']) {
    const pod = cluster.find(pods, path) as Pod;
    cluster.put(pods, { ...pod, metadata: { ...pod.metadata, labels: { label } } });
    await settle(1_000);
  }
  expect(cluster.requestsOf('DELETE')).toHaveLength(1);
  expect(phaseOf(cluster)).toBe('Succeeded');
});

test('a force-deleted pod ends at the backend within two seconds, without a question', async () => {
  const { cluster, backend } = await startWithRunningPod();
  cluster.userDeletes(pods, path, 0);
  await settle();
  expect([backend.calls, cluster.requests]).toEqual([[`delete ${one} 2`], []]);
});

test('an orphan at the backend is removed only after the API has confirmed that there is no such pod', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.now(one, { main: 'running' });
  cluster.refuse = (request) => (request === 'LIST pods/ns' ? refusal(500, 'InternalError', 'no') : undefined);
  await startController(cluster, backend);
  await settle(1_000);
  expect(backend.calls).toEqual([]);
  expect(cluster.requestsOf('LIST pods/ns').length).toBeGreaterThan(0);
  cluster.refuse = () => undefined;
  await settle(60_000);
  expect(backend.calls[0]).toBe(`delete ${one} 2`);
});

test.each<[string, Pod, ReadonlyArray<string>]>([
  ['is another one of the same name', newPod(two, { nodeName: 'elsewhere' }), [`delete ${one} 2`]],
  ['has moved to another node', newPod(one, { nodeName: 'elsewhere' }), [`delete ${one} 2`]],
  ['is this one, which the list did not have yet', newPod(one), []],
])('an orphan whose pod in the API %s', async (_, pod, calls) => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.now(one, { main: 'running' });
  const { list } = cluster;
  cluster.list = async (type, at, options) => {
    const answer = await list.call(cluster, type, at, options);
    return at.namespace === undefined ? { ...answer, items: [] } : answer;
  };
  cluster.put(pods, pod);
  await startController(cluster, backend);
  expect(backend.calls).toEqual(calls);
});

test('an orphan in a namespace that is not listed is left alone, and its namespace not asked for', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.now(one, { main: 'running' });
  await startController(cluster, backend, { namespaces: ['other'] });
  await settle(60_000);
  expect(backend.calls).toEqual([]);
  expect(cluster.requestsOf('LIST pods')).toEqual(['LIST pods/other']);
});

test('a pod made again under its name at once is another pod: the old one ends, the new one runs', async () => {
  const { cluster, backend, controller } = await startWithRunningPod();
  cluster.userDeletes(pods, path, 0);
  cluster.put(pods, newPod(two));
  await settle();
  expect(backend.calls.toSorted()).toEqual([`create ${two}`, `delete ${one} 2`]);
  expect(controller.find('ns', 'p')?.pod.metadata?.uid).toBe(two);
  // The old one's last words are not the new one's.
  backend.now(one, { main: 137 });
  backend.now(two, { main: 'running' });
  await settle();
  backend.gone(one);
  await settle();
  expect([phaseOf(cluster), controller.find('ns', 'p')?.pod.metadata?.uid]).toEqual(['Running', two]);
});

test('a status that meets another pod of the same name (422) is dropped', async () => {
  const { cluster, backend, lines } = await startWithRunningPod();
  // The watch lags: the controller does not know yet.
  cluster.isWatchMuted = true;
  cluster.remove(pods, path);
  cluster.put(pods, newPod(two));
  cluster.isWatchMuted = false;
  lines.length = 0;
  backend.now(one, { main: 0 });
  await settle(5_000);
  expect(lines).not.toContain('pod not in line yet');
  expect(phaseOf(cluster)).not.toBe('Succeeded');
});

test('a pod deleted while our PATCH is being answered does not come back', async () => {
  const { cluster, backend, controller } = await startWithRunningPod();
  cluster.beforePatchAnswer = async () => {
    cluster.remove(pods, path);
    await settle();
  };
  backend.now(one, { main: 'backOff:1' });
  await settle();
  await settle();
  expect([...controller.all()]).toEqual([]);
  expect(backend.calls).toEqual([`delete ${one} 2`]);
});

test('a status that the API refuses for a moment is written later', async () => {
  const { cluster, backend } = await startWithRunningPod();
  const refusals = [
    new KubeTransportError('PATCH', 'connection', 'reset'),
    refusal(409, 'Conflict', 'the object has been modified'),
    refusal(500, 'InternalError', 'etcd'),
  ];
  cluster.refuse = (request) => (request.startsWith('PATCH') ? refusals.shift() : undefined);
  backend.now(one, { main: 0 });
  await settle(10_000);
  expect([cluster.requestsOf('PATCH').length, phaseOf(cluster)]).toEqual([4, 'Succeeded']);
});

test('a new controller takes over what runs: nothing is created twice, nothing is written, what ended meanwhile shows', async () => {
  const { cluster, backend, end } = await startWithRunningPod();
  cluster.put(pods, apiPod({ phase: 'Pending' }, { restartPolicy: 'Never' }, { uid: two, name: 'q' }));
  await settle();
  backend.now(two, { main: 'running' });
  await settle();
  await end();
  backend.now(two, { main: 3 });
  backend.calls.length = 0;
  cluster.forgetRequests();
  await startController(cluster, backend);
  await settle(60_000);
  expect(backend.calls).toEqual([]);
  expect(cluster.requests).toEqual(['LIST pods', 'LIST services', 'PATCH pods/ns/q/status']);
  expect(cluster.find(pods, { namespace: 'ns', name: 'q' })?.status?.phase).toBe('Failed');
});

test('a new controller asks for a running pod that the backend does not list, and neither loses nor starts it', async () => {
  const { cluster, backend, end } = await startWithRunningPod();
  await end();
  backend.unlisted.add(one);
  backend.restart([]);
  backend.calls.length = 0;
  cluster.forgetRequests();
  await startController(cluster, backend);
  await settle(1_000);
  expect([backend.calls, cluster.requests, phaseOf(cluster)]).toEqual([
    [`adopt ${one}`],
    ['LIST pods', 'LIST services'],
    'Running',
  ]);
  // Deleted before the stream tells of it: stopped, and shown as it was.
  cluster.userDeletes(pods, path, 30);
  await settle(1_000);
  expect(backend.calls).toEqual([`adopt ${one}`, `delete ${one} 30`]);
  expect([cluster.requests, mainOf(cluster)?.state]).toEqual([
    ['LIST pods', 'LIST services'],
    { running: expect.anything() },
  ]);
});

test('a pod deleted while no controller ran ends when one comes back', async () => {
  const { cluster, backend, end } = await startWithRunningPod();
  await end();
  cluster.userDeletes(pods, path, 0);
  await startController(cluster, backend);
  expect(backend.calls).toEqual([`delete ${one} 2`]);
});

test('nothing is created before the backend has told what it holds', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.isDown = true;
  cluster.put(pods, newPod());
  const { events } = await startController(cluster, backend);
  await settle(60_000);
  expect(backend.calls).toEqual([]);
  expect(mainOf(cluster)?.state?.waiting?.message).toBe(
    'The backend of node virtual-1 is out of reach: connect ECONNREFUSED',
  );
  expect(events.filter((event) => event.includes('BackendUnreachable'))).toHaveLength(1);
  backend.isDown = false;
  await settle(6_000);
  expect(backend.calls).toEqual([`create ${one}`]);
});

test.each([
  ['Never', 'Failed', [`adopt ${one}`]],
  ['OnFailure', 'Running', [`create ${one}`]],
  ['Always', 'Running', [`create ${one}`]],
])(
  'a running pod that a restarted backend has lost, restart policy %s, is %s in the end',
  async (policy, phase, calls) => {
    const { cluster, backend } = await startWithRunningPod({ restartPolicy: policy });
    backend.restart([]);
    await settle(1_000);
    expect(backend.calls).toEqual(calls);
    if (phase === 'Running') backend.now(one, { main: 'running' });
    await settle(1_000);
    expect(phaseOf(cluster)).toBe(phase);
  },
);

test('a running pod that a restarted backend does not list, and has, is neither lost nor started', async () => {
  const { cluster, backend } = await startWithRunningPod({ restartPolicy: 'Never' });
  backend.unlisted.add(one);
  backend.restart([]);
  await settle(1_000);
  expect([backend.calls, phaseOf(cluster)]).toEqual([[`adopt ${one}`], 'Running']);
});

test('a pod whose deadline has passed meanwhile is ended first at a restarted backend that does not list it, and has it', async () => {
  const { cluster, backend } = await startWithRunningPod({ restartPolicy: 'Never', activeDeadlineSeconds: 60 });
  backend.isDown = true;
  await settle(120_000);
  backend.unlisted.add(one);
  backend.restart([]);
  backend.isDown = false;
  await settle(10_000);
  expect([backend.calls.includes(`adopt ${one}`), phaseOf(cluster)]).toEqual([true, 'Running']);
  backend.now(one, { main: 'running' });
  await settle(1_000);
  expect(backend.calls).toContain(`delete ${one} 30`);
  backend.now(one, { main: 137 });
  await settle(1_000);
  expect(phaseOf(cluster)).toBe('Failed');
});

test('a queued pod that is deleted while a restarted backend does not list it is ended there', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  await startController(cluster, backend);
  cluster.put(pods, newPod(one, {}, { annotations: { JobID: '7' } }));
  await settle();
  backend.unlisted.add(one);
  backend.restart([]);
  cluster.userDeletes(pods, path, 30);
  await settle(1_000);
  expect(backend.calls).toContain(`delete ${one} 30`);
  expect(cluster.find(pods, path)).toBeDefined();
});

test('a running pod is left alone while the backend is away, however long', async () => {
  const { cluster, backend } = await startWithRunningPod();
  backend.isDown = true;
  await settle(3_600_000);
  expect([cluster.requests, backend.calls, phaseOf(cluster)]).toEqual([[], [], 'Running']);
});

test('a pod that the backend has half is handed over again, and its running container stays shown meanwhile', async () => {
  const { cluster, backend } = await startWithRunningPod();
  backend.refusal = new InterLinkError('unavailable', 'not now');
  backend.report({ ...podReport([containerStatus('main', 'running')], {}, one), incomplete: true });
  await settle(1_000);
  expect(backend.calls[0]).toBe(`create ${one}`);
  expect(mainOf(cluster)?.state?.running).toBeDefined();
});

test('a create that never shows up in the stream is sent again after fifteen seconds', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.reportsCreated = false;
  await startController(cluster, backend);
  cluster.put(pods, newPod());
  await settle(14_000);
  expect(backend.calls).toEqual([`create ${one}`]);
  await settle(2_000);
  expect(backend.calls).toEqual([`create ${one}`, `create ${one}`]);
});

test('what the backend tells of a container becomes an event of that container; foreign pods’ words do not', async () => {
  const { backend, events } = await startWithRunningPod();
  backend.event(one, { type: 'Normal', reason: 'Pulled', message: 'Pulled it', container: 'main' });
  backend.event(two, { type: 'Warning', reason: 'Failed', message: 'whose?' });
  await settle();
  expect(events).toEqual(['Normal Pulled: Pulled it']);
});

test('values of Secrets and variables reach neither logs nor events nor status', async () => {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  backend.refusal = new InterLinkError('failed_precondition', 'no');
  const { events, everything } = await startController(cluster, backend);
  const env = [{ name: 'PASSWORD', value: 'hunter2' }];
  cluster.put(pods, newPod(one, { containers: [{ name: 'main', image: 'busybox', env }] }));
  await settle(61_000);
  expect(backend.calls.length).toBeGreaterThan(1);
  const { spec: _spec, ...shown } = cluster.find(pods, path) as Pod;
  expect(JSON.stringify([events, everything, shown, cluster.patches])).not.toContain('hunter2');
});
