import { type ObjectReference, type Pod, pods } from '@interlink/kube';
import type { Capabilities } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Admission, type AdmissionOptions } from '../admission/admission.ts';
import { notRunAnnotation } from '../admission/daemon-set-pod.ts';
import { openDoor } from '../admission/testing/open-door.ts';
import { asking, capabilities, daemonSetPod, newPod } from '../admission/testing/pods.ts';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { ServiceLinks } from '../resolve/service-links.ts';
import { NODE } from '../resolve/testing/fake-objects.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { podAddresses } from '../trust/pod-addresses.ts';
import { PodController } from './pod-controller.ts';
import { FakeBackend } from './testing/fake-backend.ts';

const now = '2026-01-02T03:04:05Z';
const uid = '11111111-1111-4111-8111-000000000001';
const path = { namespace: 'ns', name: 'p' };
const proxyPath = { namespace: 'kube-system', name: 'p' };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse(now) }));
afterEach(() => void vi.useRealTimers());
let stop = new AbortController();
afterEach(() => stop.abort());

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let round = 0; round < 5; round += 1) await vi.advanceTimersByTimeAsync(0);
}

/** A controller at work with an admission of its own; `events` holds `Type Reason`. */
async function startController(
  options: Partial<AdmissionOptions>,
  [cluster, backend]: [FakeCluster, FakeBackend] = [new FakeCluster(), new FakeBackend()],
) {
  stop = new AbortController();
  const events: string[] = [];
  const record = (_ref: ObjectReference, type: string, reason: string) => events.push(`${type} ${reason}`);
  const { logger } = keepLogLines();
  const services = new ServiceLinks({ client: cluster.asClient(), logger });
  const controller = new PodController({
    client: cluster.asClient(),
    provider: backend,
    node: NODE,
    services,
    admission: new Admission({ ...openDoor, ...options }),
    podAddresses: podAddresses(undefined, []),
    events: { record } as unknown as ConstructorParameters<typeof PodController>[0]['events'],
    logger,
    workers: 8,
    capabilities: () => backend.announced,
    onCapabilities: () => undefined,
    onReach: () => undefined,
  });
  void controller.run(stop.signal);
  void services.run(stop.signal);
  await settle();
  return { controller, cluster, backend, events };
}

/** The same cluster and backend, seen by a process that remembers nothing. */
async function restart({ cluster, backend }: { cluster: FakeCluster; backend: FakeBackend }, options: object = {}) {
  stop.abort();
  await settle();
  backend.calls.length = 0;
  cluster.forgetRequests();
  return await startController(options, [cluster, backend]);
}

function roomFor(allocatable: Record<string, string>, more: Partial<Capabilities> = {}) {
  return { offer: () => ({ capabilities: capabilities(more), allocatable }) };
}

const statusOf = (cluster: FakeCluster, at = path) => cluster.find(pods, at)?.status;
const waitingOf = (cluster: FakeCluster, at = path) => statusOf(cluster, at)?.containerStatuses?.[0]?.state?.waiting;
const numbered = (index: number, requests: Record<string, string> = {}): Pod =>
  newPod(
    { restartPolicy: 'Never', containers: [asking('main', requests)] },
    { name: `p${index}`, uid: `${uid.slice(0, -1)}${index}` },
  );

test('a pod that does not fit fails with the kubelet’s status, and the backend never hears of it', async () => {
  const { cluster, backend, events } = await startController(roomFor({ cpu: '1' }));
  cluster.put(pods, newPod({ containers: [asking('main', { cpu: '2' })] }, { uid }));
  await settle(60_000);
  const message = "Node didn't have enough resource: cpu, requested: 2000, used: 0, capacity: 1000";
  expect(statusOf(cluster)).toMatchObject({
    phase: 'Failed',
    reason: 'OutOfcpu',
    message: `Pod was rejected: ${message}`,
    startTime: now,
    observedGeneration: 1,
  });
  expect(statusOf(cluster)?.containerStatuses).toBeUndefined();
  expect(statusOf(cluster)?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'False', reason: 'PodFailed' }),
  );
  expect([events, backend.calls]).toEqual([['Warning OutOfcpu'], []]);
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);

  cluster.userDeletes(pods, path, 30);
  await settle();
  expect(cluster.find(pods, path)).toBeUndefined();
});

test('of many pods at once as many go in as there is room, and the next when one has ended', async () => {
  const { cluster, backend } = await startController(roomFor({ cpu: '3', pods: '10' }));
  for (let index = 0; index < 6; index += 1) cluster.put(pods, numbered(index, { cpu: '1' }));
  await settle();
  expect(backend.calls).toHaveLength(3);
  const [first = ''] = backend.requests.keys();
  backend.now(first, { main: 0 });
  await settle();
  cluster.put(pods, numbered(7, { cpu: '1' }));
  await settle();
  expect(backend.calls).toHaveLength(4);
});

test('a restart judges no pod that the backend has or that has begun, and counts them all', async () => {
  const started = await startController(roomFor({ cpu: '2' }));
  const { cluster, backend } = started;
  for (const index of [0, 1]) cluster.put(pods, numbered(index, { cpu: '1' }));
  await settle();
  backend.now([...backend.requests.keys()][0] ?? '', { main: 'running' });
  await settle();

  // Nothing of what is here would be let in now.
  const again = await restart(started, { ...roomFor({ cpu: '1' }), node: () => ({ name: 'virtual-1', labels: {} }) });
  cluster.put(pods, numbered(2, { cpu: '500m' }));
  await settle(1_000);
  expect(again.events).toEqual(['Warning OutOfcpu']);
  expect(statusOf(cluster, { namespace: 'ns', name: 'p2' })?.message).toContain('used: 2000');
  expect(backend.calls).toEqual([]);
});

test('a pod with a volume that the backend lacks waits, told once, until the backend has it', async () => {
  const volumeTypes: Capabilities['volumeTypes'] = [];
  const started = await startController(roomFor({ cpu: '1' }, { volumeTypes }));
  const { cluster, backend, controller, events } = started;
  cluster.put(pods, newPod({ volumes: [{ name: 'v', hostPath: { path: '/data' } }] }, { uid }));
  await settle(600_000);
  expect(statusOf(cluster)?.phase).toBe('Pending');
  expect(waitingOf(cluster)).toMatchObject({
    reason: 'CreateContainerConfigError',
    message:
      'The backend (docker) does not support volume "v" of type hostPath (it has no volumes, ' +
      'and its administrator can allow hostPath by the key Docker.HostPaths)',
  });
  expect([events, cluster.requestsOf('PATCH').length]).toEqual([['Warning NotSupportedByBackend'], 1]);

  controller.rejudge();
  await settle();
  expect(cluster.requestsOf('PATCH')).toHaveLength(1);

  volumeTypes.push('hostPath');
  controller.rejudge();
  await settle();
  expect(backend.calls).toEqual([`create ${uid}`]);
  expect(backend.requests.get(uid)?.pod.spec.volumes).toEqual([{ name: 'v', hostPath: { path: '/data' } }]);
});

test('a restart does not tell again why a pod waits', async () => {
  const options = roomFor({}, { volumeTypes: [] });
  const started = await startController(options);
  started.cluster.put(pods, newPod({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, { uid }));
  await settle();
  const { events } = await restart(started, options);
  expect([events, started.cluster.requestsOf('PATCH')]).toEqual([[], []]);
});

test('a DaemonSet’s pod that tolerates everything is Pending by default, and goes when it is deleted', async () => {
  const { cluster, backend, events } = await startController({});
  cluster.put(pods, daemonSetPod({}, { uid }));
  await settle();
  expect(waitingOf(cluster, proxyPath)?.reason).toBe('DaemonSetPodPending');
  expect(waitingOf(cluster, proxyPath)?.message).toContain('kubectl -n kube-system patch daemonset kube-proxy');
  cluster.userDeletes(pods, proxyPath, 30);
  await settle();
  expect(cluster.find(pods, proxyPath)).toBeUndefined();
  expect([backend.calls, events]).toEqual([[], ['Warning DaemonSetPodPending']]);
});

const withInit = { initContainers: [{ name: 'first' }, { name: 'beside', restartPolicy: 'Always' }] };

test('one that is only reported as running is Ready, marked, and goes at once, also with the backend away', async () => {
  const started = await startController({ daemonSetPods: 'report-running' });
  const { cluster, backend } = started;
  cluster.put(pods, daemonSetPod(withInit, { uid }));
  await settle();
  expect(statusOf(cluster, proxyPath)).toMatchObject({
    phase: 'Running',
    containerStatuses: [{ name: 'main', ready: true, state: { running: { startedAt: now } } }],
    initContainerStatuses: [
      { name: 'first', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
      { name: 'beside', ready: true, state: { running: {} } },
    ],
  });
  expect(statusOf(cluster, proxyPath)?.podIP).toBeUndefined();
  expect(cluster.find(pods, proxyPath)?.metadata?.annotations).toEqual({ [notRunAnnotation]: 'true' });
  expect(statusOf(cluster, proxyPath)?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'True' }),
  );
  expect(started.events).toEqual(['Warning DaemonSetPodNotRun']);

  // By a process that remembers nothing and would let it wait.
  const { events } = await restart(started, { daemonSetPods: 'pending' });
  backend.isDown = true;
  await settle(10_000);
  expect([events, cluster.requestsOf('PATCH')]).toEqual([[], []]);
  cluster.userDeletes(pods, proxyPath, 30);
  await settle();
  expect(cluster.find(pods, proxyPath)).toBeUndefined();
  expect(cluster.patches.at(-1)).toMatchObject({ status: { phase: 'Succeeded' } });
  expect(backend.calls).toEqual([]);
});

test('one that is only reported as running takes up no room', async () => {
  const options = { daemonSetPods: 'report-running', ...roomFor({ pods: '1' }) } as const;
  const started = await startController(options);
  started.cluster.put(pods, daemonSetPod({}, { uid }));
  await settle();
  const { backend, cluster } = await restart(started, options);
  cluster.put(pods, numbered(1));
  await settle();
  expect(backend.calls).toHaveLength(1);
});
