import { configMaps, type Pod, pods } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod, containerStatus, podReport } from '../status/testing/statuses.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const path = { namespace: 'ns', name: 'p' };
const debuggerContainer = { name: 'debugger', image: 'busybox', env: [{ name: 'A', value: 'b' }] };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());
afterEach(endControllers);

type Spec = Partial<NonNullable<Pod['spec']>>;

/** A pod at generation 1 that runs at a backend which says how far it is. */
async function startWithRunningPod(spec: Spec = {}) {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  cluster.put(pods, apiPod({ phase: 'Pending' }, { restartPolicy: 'Never', ...spec }, { uid }));
  const started = await startController(cluster, backend);
  await settle();
  backend.now(uid, { main: 'running' }, { observedGeneration: 1 });
  await settle();
  cluster.forgetRequests();
  backend.calls.length = 0;
  return { cluster, backend, ...started };
}

/** Somebody changes the spec. */
function change(cluster: FakeCluster, generation: number, spec: Spec): void {
  const before = podOf(cluster);
  cluster.put(pods, {
    ...before,
    metadata: { ...before.metadata, generation },
    spec: { ...before.spec, containers: before.spec?.containers ?? [], ...spec },
  });
}

function podOf(cluster: FakeCluster): Pod {
  const found = cluster.find(pods, path);
  if (found === undefined) throw new Error('The pod is gone');
  return found;
}

const conditionOf = (cluster: FakeCluster, type: string) =>
  podOf(cluster).status?.conditions?.find((condition) => condition.type === type);

test('an ephemeral container reaches the backend once, resolved, beside the outline of those that run', async () => {
  const container = { name: 'main', image: 'busybox', command: ['serve'], env: [{ name: 'SECRET', value: 's' }] };
  const { cluster, backend } = await startWithRunningPod({ containers: [container] });
  change(cluster, 2, { ephemeralContainers: [{ ...debuggerContainer, command: ['look', '$(A)'] }] });
  await settle(60_000);
  expect(backend.calls).toEqual([`update ${uid} 2`]);
  expect(backend.updates[0]?.pod.spec).toMatchObject({
    containers: [{ name: 'main', image: 'busybox' }],
    ephemeralContainers: [{ ...debuggerContainer, command: ['look', 'b'] }],
  });
  expect(backend.updates[0]?.pod.spec.containers[0]).not.toHaveProperty('env');
  expect(podOf(cluster).status?.ephemeralContainerStatuses?.[0]?.state).toEqual({
    waiting: { reason: 'ContainerCreating' },
  });
});

test('ephemeral containers that were reported once stay in the status, and come again in outline only', async () => {
  const { cluster, backend } = await startWithRunningPod();
  change(cluster, 2, { ephemeralContainers: [debuggerContainer] });
  await settle();
  const ephemeralContainerStatuses = [containerStatus('debugger', 'running')];
  backend.now(uid, { main: 'running' }, { observedGeneration: 2, ephemeralContainerStatuses });
  await settle();
  change(cluster, 3, { ephemeralContainers: [debuggerContainer, { ...debuggerContainer, name: 'second' }] });
  await settle();
  expect(backend.updates[1]?.pod.spec.ephemeralContainers).toEqual([
    { name: 'debugger', image: 'busybox' },
    { ...debuggerContainer, name: 'second' },
  ]);
  backend.now(uid, { main: 'running' }, { observedGeneration: 3 });
  await settle();
  const shown = podOf(cluster).status?.ephemeralContainerStatuses ?? [];
  expect(shown.map(({ name, state }) => [name, Object.keys(state ?? {})])).toEqual([
    ['debugger', ['running']],
    ['second', ['waiting']],
  ]);
  expect(podOf(cluster).status?.phase).toBe('Running');
});

test('what does not matter to the backend is not told: tolerations, labels', async () => {
  const { cluster, backend } = await startWithRunningPod();
  change(cluster, 2, { tolerations: [{ key: 'a', operator: 'Exists' }] });
  await settle(60_000);
  expect(backend.calls).toEqual([]);
  expect(podOf(cluster).status?.observedGeneration).toBe(2);
});

test('image and resources are told, and a resize is in progress until the backend acts on it', async () => {
  const resources = { requests: { cpu: '100m' } };
  const { cluster, backend } = await startWithRunningPod({ containers: [{ name: 'main', image: 'one', resources }] });
  expect(podOf(cluster).status?.containerStatuses?.[0]).toMatchObject({
    resources,
    allocatedResources: { cpu: '100m' },
  });
  backend.updateRefusal = new InterLinkError('unavailable', 'later');
  const bigger = { requests: { cpu: '0.2' } };
  change(cluster, 2, { containers: [{ name: 'main', image: 'two', resources: bigger }] });
  await settle();
  expect(conditionOf(cluster, 'PodResizeInProgress')).toMatchObject({ status: 'True', observedGeneration: 2 });
  expect(podOf(cluster).status?.containerStatuses?.[0]?.resources).toEqual(resources);
  backend.updateRefusal = undefined;
  await settle(60_000);
  expect(backend.updates).toHaveLength(1);
  expect(backend.updates[0]?.pod.spec.containers).toEqual([{ name: 'main', image: 'two', resources: bigger }]);
  expect(conditionOf(cluster, 'PodResizeInProgress')).toBeUndefined();
  expect(podOf(cluster).status?.containerStatuses?.[0]?.resources).toEqual(bigger);
});

test('a resize that the backend can’t do now, or ever, is pending with its reason, and then no more', async () => {
  const { cluster, backend } = await startWithRunningPod();
  change(cluster, 2, { containers: [{ name: 'main', image: 'busybox', resources: { limits: { memory: '1Gi' } } }] });
  await settle();
  for (const state of ['Deferred', 'Infeasible'] as const) {
    const resize = { state, message: 'the host is small' };
    backend.now(uid, { main: 'running' }, { observedGeneration: 2, resize });
    await settle();
    expect(conditionOf(cluster, 'PodResizePending')).toMatchObject({ reason: state, message: 'the host is small' });
  }
  backend.now(uid, { main: 'running' }, { observedGeneration: 2 });
  await settle();
  expect(conditionOf(cluster, 'PodResizePending')).toBeUndefined();
});

test('a backend that can’t change pods: one event that names what, a resize that is infeasible, and the pod runs on', async () => {
  const resources = { requests: { cpu: '100m' } };
  const { cluster, backend, events, end } = await startWithRunningPod({
    containers: [{ name: 'main', image: 'one', resources }],
  });
  const announced = { protocolVersions: ['v2'], volumeTypes: [], queues: false, pools: [] };
  backend.announced = { ...announced, backend: { kind: 'old', version: '1' }, verbs: ['create', 'delete', 'list'] };
  change(cluster, 2, {
    containers: [{ name: 'main', image: 'two', resources: { requests: { cpu: '200m' } } }],
    ephemeralContainers: [debuggerContainer],
  });
  await settle();
  backend.report(podReport([containerStatus('main', 'running')], {}, uid));
  await settle(60_000);
  const told =
    "Warning UpdateNotSupported: The backend can't change a pod that runs: the image of container main, \
the resources of container main, ephemeral container debugger; make the pod again to have that";
  expect([backend.calls, events]).toEqual([[], [told]]);
  const pending = { reason: 'Infeasible', message: "The backend can't change a pod that runs" };
  expect(conditionOf(cluster, 'PodResizePending')).toMatchObject(pending);
  expect(podOf(cluster).status).toMatchObject({
    phase: 'Running',
    containerStatuses: [{ resources }],
    ephemeralContainerStatuses: [{ state: { waiting: { reason: 'CreateContainerError', message: pending.message } } }],
  });

  // A controller that starts later says it no second time, and still knows.
  await end();
  const second = await startController(cluster, backend);
  await settle(60_000);
  expect([backend.calls, second.events]).toEqual([[], []]);
  expect(conditionOf(cluster, 'PodResizePending')).toMatchObject(pending);
});

test('a backend that turns out to have no update is treated like one that announced none', async () => {
  const { cluster, backend, events } = await startWithRunningPod();
  backend.updateRefusal = new InterLinkError('unimplemented', 'no such route');
  change(cluster, 2, { containers: [{ name: 'main', image: 'two' }] });
  await settle(60_000);
  expect(backend.calls).toEqual([`update ${uid} 2`]);
  expect(events).toEqual([expect.stringContaining('UpdateNotSupported')]);
});

test('an update that is refused for good is told once and not repeated until the pod is changed again', async () => {
  const { cluster, backend, events } = await startWithRunningPod();
  backend.updateRefusal = new InterLinkError('failed_precondition', 'no privileged debuggers here');
  change(cluster, 2, { ephemeralContainers: [debuggerContainer] });
  await settle(120_000);
  expect(backend.calls).toEqual([`update ${uid} 2`]);
  const message = 'Cannot update the pod at the backend: no privileged debuggers here';
  expect(events).toEqual([`Warning FailedUpdatePod: ${message}`]);
  expect(podOf(cluster).status?.ephemeralContainerStatuses?.[0]?.state).toEqual({
    waiting: { reason: 'CreateContainerError', message },
  });
  change(cluster, 3, { ephemeralContainers: [debuggerContainer, { ...debuggerContainer, name: 'second' }] });
  await settle();
  expect(backend.calls).toEqual([`update ${uid} 2`, `update ${uid} 3`]);
});

test('an update that fails for a while is tried again, more and more rarely, and the status goes on', async () => {
  const { cluster, backend, events } = await startWithRunningPod();
  backend.updateRefusal = new InterLinkError('unavailable', 'busy');
  change(cluster, 2, { containers: [{ name: 'main', image: 'two' }] });
  await settle(10_000);
  expect(backend.calls.length).toBeGreaterThan(3);
  expect(backend.calls.length).toBeLessThan(8);
  backend.now(uid, { main: 0 }, { observedGeneration: 1 });
  await settle();
  expect([podOf(cluster).status?.phase, events]).toEqual(['Succeeded', []]);
});

test('an ephemeral container whose ConfigMap is missing waits for it alone, and starts when it appears', async () => {
  const { cluster, backend, events, fieldPaths } = await startWithRunningPod();
  const envFrom = [{ configMapRef: { name: 'settings' } }];
  change(cluster, 2, {
    containers: [{ name: 'main', image: 'two' }],
    ephemeralContainers: [{ name: 'debugger', image: 'busybox', envFrom }],
  });
  await settle();
  expect(backend.updates[0]?.pod.spec).toMatchObject({ containers: [{ image: 'two' }], ephemeralContainers: [] });
  expect(podOf(cluster).status?.ephemeralContainerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'CreateContainerConfigError',
    message: 'configmap "settings" not found',
  });
  expect(events).toContain('Warning Failed: Error: configmap "settings" not found');
  expect(fieldPaths).toContain('spec.ephemeralContainers{debugger}');
  cluster.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'ns', name: 'settings' },
    data: { A: 'b' },
  });
  await settle(1_000);
  expect(backend.updates[1]?.pod.spec.ephemeralContainers?.[0]?.env).toEqual([{ name: 'A', value: 'b' }]);
});

test('after a restart of ours a pod is updated only if the backend says that it is behind', async () => {
  const { cluster, backend, end } = await startWithRunningPod();
  await end();
  const second = await startController(cluster, backend);
  await settle(60_000);
  expect(backend.calls).toEqual([]);
  await second.end();
  change(cluster, 2, { containers: [{ name: 'main', image: 'two' }] });
  await startController(cluster, backend);
  await settle(60_000);
  expect(backend.calls).toEqual([`update ${uid} 2`]);
});

test('a backend that restarted and forgot an update is told again', async () => {
  const { cluster, backend } = await startWithRunningPod();
  change(cluster, 2, { containers: [{ name: 'main', image: 'two' }] });
  await settle();
  backend.now(uid, { main: 'running' }, { observedGeneration: 1 });
  backend.restart();
  await settle(10_000);
  expect(backend.calls).toEqual([`update ${uid} 2`, `update ${uid} 2`]);
});

test('the backend’s name for the pod becomes an annotation, with the status and once', async () => {
  const { cluster, backend } = await startWithRunningPod();
  backend.now(uid, { main: 'running' }, { observedGeneration: 1, jobID: '4711' });
  await settle(1_000);
  expect(podOf(cluster).metadata?.annotations).toEqual({ JobID: '4711' });
  backend.now(uid, { main: 0 }, { observedGeneration: 1, jobID: '4711' });
  await settle(1_000);
  expect(cluster.requests).toEqual(['PATCH pods/ns/p/status', 'PATCH pods/ns/p/status']);
  expect(cluster.patches[1]?.metadata).toEqual({ uid });
});
