import type { Backend, OwnedReport, PodEvent, PodRequest } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMockBackend } from './backend.ts';

const owner = { cluster: 'c1', node: 'n1' };
const uid = '11111111-1111-4111-8111-111111111111';
const reference = { owner, uid, namespace: 'ns', name: 'p' };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2027-01-01T00:00:00Z') }));
afterEach(() => void vi.useRealTimers());

function requestWith(annotations: Record<string, string> = {}, initNames: string[] = []): PodRequest {
  const prefixed = Object.entries(annotations).map(([name, value]) => [`mock.interlink.eu/${name}`, value]);
  return {
    pod: {
      metadata: { uid, namespace: 'ns', name: 'p', annotations: Object.fromEntries(prefixed) },
      spec: {
        containers: [{ name: 'main', image: 'busybox' }],
        ...(initNames.length === 0 ? {} : { initContainers: initNames.map((name) => ({ name })) }),
      },
    },
    volumes: [],
  };
}

/** Everything that the backend told, in order. */
function watched(backend: Backend): Array<OwnedReport | string | PodEvent> {
  const told: Array<OwnedReport | string | PodEvent> = [];
  const news = {
    report: (report: OwnedReport) => told.push(report),
    gone: (gone: string) => told.push(gone),
    event: (_: string, event: PodEvent) => told.push(event),
    relist: () => told.push('relist'),
  };
  void backend.watch?.(news, new AbortController().signal);
  return told;
}

async function logOf(backend: Backend, options: Parameters<Backend['logs']>[2] = {}): Promise<string> {
  let text = '';
  const log = await backend.logs(reference, 'main', options, new AbortController().signal);
  for await (const chunk of log) text += Buffer.from(chunk).toString();
  return text;
}

test('create() without annotations answers with a running pod and sets no timer', async () => {
  const backend = createMockBackend();
  const report = await backend.create(requestWith(), owner);
  expect(report.status.containerStatuses[0]).toMatchObject({
    name: 'main',
    ready: true,
    state: { running: { startedAt: '2027-01-01T00:00:00.000Z' } },
  });
  expect(vi.getTimerCount()).toBe(0);
  expect(await backend.create(requestWith(), owner)).toBe(report);
});

test('create() plays start-delay, run-seconds and exit-code', async () => {
  const backend = createMockBackend();
  const told = watched(backend);
  const first = await backend.create(
    requestWith({ 'start-delay': '100', 'run-seconds': '1.5', 'exit-code': '3' }, ['prepare']),
    owner,
  );
  expect(first.status.containerStatuses[0]?.state.waiting?.reason).toBe('PodInitializing');
  expect(first.status.initContainerStatuses?.[0]?.state.waiting?.reason).toBe('ContainerCreating');
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toMatchObject([
    { report: { status: { initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }] } } },
  ]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(told.slice(1)).toMatchObject([
    {
      report: {
        status: {
          containerStatuses: [
            {
              ready: false,
              state: {
                terminated: {
                  exitCode: 3,
                  reason: 'Error',
                  startedAt: '2027-01-01T00:00:00.100Z',
                  finishedAt: '2027-01-01T00:00:01.600Z',
                },
              },
            },
          ],
        },
      },
    },
  ]);
});

test('create() fails as often as create-failures says, with the code of create-error', async () => {
  const backend = createMockBackend();
  const request = requestWith({ 'create-failures': '2', 'create-error': 'resource_exhausted' });
  await expect(backend.create(request, owner)).rejects.toMatchObject({ code: 'resource_exhausted' });
  await expect(backend.create(request, owner)).rejects.toMatchObject({ code: 'resource_exhausted' });
  await expect(backend.create(request, owner)).resolves.toMatchObject({ uid });
});

test('create() tells the event of its annotation', async () => {
  const backend = createMockBackend();
  const told = watched(backend);
  await backend.create(requestWith({ event: 'hello' }), owner);
  expect(told).toContainEqual({ type: 'Normal', reason: 'Mock', message: 'hello' });
});

test('create() tells an event for image-error and leaves the containers waiting', async () => {
  const backend = createMockBackend();
  const told = watched(backend);
  const report = await backend.create(requestWith({ 'image-error': 'ErrImagePull', message: 'no such image' }), owner);
  expect(report.status.containerStatuses[0]?.state.waiting).toEqual({
    reason: 'ErrImagePull',
    message: 'no such image',
  });
  expect(told).toContainEqual({ type: 'Warning', reason: 'Failed', message: 'no such image' });
});

test('create() lets a failed init container keep the others from starting', async () => {
  const report = await createMockBackend().create(requestWith({ 'init-exit-code': '7' }, ['prepare', 'later']), owner);
  expect(report.status.initContainerStatuses).toMatchObject([
    { state: { terminated: { exitCode: 7 } } },
    { state: { waiting: { reason: 'PodInitializing' } } },
  ]);
  expect(report.status.containerStatuses[0]?.state.waiting?.reason).toBe('PodInitializing');
});

test('delete() tells the terminated pod first, then that it is gone', async () => {
  const backend = createMockBackend();
  const told = watched(backend);
  await backend.create(requestWith(), owner);
  await backend.delete(reference, 30);
  expect(told).toMatchObject([
    { report: { status: { containerStatuses: [{ state: { terminated: { exitCode: 0 } } }] } } },
  ]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told[1]).toBe(uid);
  expect(await backend.list()).toEqual([]);
  await expect(backend.delete(reference, 30)).resolves.toBeUndefined();
});

test('delete() kills what outlives its grace period, and a second delete shortens it', async () => {
  const backend = createMockBackend();
  const told = watched(backend);
  await backend.create(requestWith({ 'delete-delay': '60000' }), owner);
  await backend.delete(reference, 30);
  await vi.advanceTimersByTimeAsync(1_000);
  await backend.delete(reference, 2);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2);
  expect(told[0]).toMatchObject({
    report: { status: { containerStatuses: [{ state: { terminated: { exitCode: 137 } } }] } },
  });
});

test('watch() asks for a list when something happened while nobody watched', async () => {
  const backend = createMockBackend();
  await backend.create(requestWith({ 'start-delay': '10' }), owner);
  await vi.advanceTimersByTimeAsync(10);
  expect(watched(backend)).toEqual(['relist']);
});

test('logs() follows line by line and ends with the containers', async () => {
  const backend = createMockBackend();
  await backend.create(requestWith({ log: 'one\ntwo\nthree', 'log-interval': '1000', 'run-seconds': '1.5' }), owner);
  expect(await logOf(backend)).toBe('one\n');
  const followed = logOf(backend, { follow: true, timestamps: true });
  await vi.advanceTimersByTimeAsync(1_500);
  expect(await followed).toBe('2027-01-01T00:00:00.000Z one\n2027-01-01T00:00:01.000Z two\n');
});

test('logs() refuses a container that waits, and previous', async () => {
  const backend = createMockBackend();
  await backend.create(requestWith({ 'start-delay': '1000' }), owner);
  await expect(logOf(backend)).rejects.toMatchObject({
    code: 'failed_precondition',
    message: 'container "main" in pod "p" is waiting to start: ContainerCreating',
  });
  await expect(logOf(backend, { previous: true })).rejects.toMatchObject({
    code: 'not_found',
    message: 'previous terminated container "main" in pod "p" not found',
  });
});

test('exec() and portForward() end with the pod', async () => {
  const backend = createMockBackend();
  await backend.create(requestWith(), owner);
  const options = { command: ['sleep', '10'], stdin: false, stdout: true, stderr: false, tty: false };
  const { signal } = new AbortController();
  const command = await backend.exec?.(reference, 'main', options, signal);
  const connection = await backend.portForward?.(reference, 80, signal);
  await backend.delete(reference, 0);
  expect(await command?.ended).toEqual({ exitCode: 137 });
  expect(connection?.destroyed).toBe(true);
});

test('portForward() fails for port-error', async () => {
  const backend = createMockBackend();
  await backend.create(requestWith({ 'port-error': 'nobody listens' }), owner);
  const { signal } = new AbortController();
  await expect(backend.portForward?.(reference, 80, signal)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'nobody listens',
  });
});

test('update() starts ephemeral containers, replaces images and resizes, and keeps what it was not told of', async () => {
  const backend = createMockBackend();
  const { pod } = requestWith();
  await backend.create(requestWith(), owner);
  const update = (generation: number, more: Partial<typeof pod.spec>) =>
    backend.update?.(
      { pod: { ...pod, metadata: { ...pod.metadata, generation }, spec: { ...pod.spec, ...more } } },
      owner,
    );
  vi.advanceTimersByTime(5_000);
  const ephemeralContainers = [{ name: 'debugger', image: 'busybox', env: [], targetContainerName: 'main' }];
  const debugged = await update(2, { ephemeralContainers });
  expect(debugged?.status).toMatchObject({
    observedGeneration: 2,
    containerStatuses: [{ restartCount: 0 }],
    ephemeralContainerStatuses: [{ name: 'debugger', state: { running: { startedAt: '2027-01-01T00:00:05.000Z' } } }],
  });
  const resources = { requests: { cpu: '2' } };
  const changed = await update(3, { containers: [{ name: 'main', image: 'other', resources }] });
  expect(changed?.status).toMatchObject({
    observedGeneration: 3,
    containerStatuses: [{ image: 'other', restartCount: 1, resources, allocatedResources: { cpu: '2' } }],
    ephemeralContainerStatuses: [{ name: 'debugger' }],
  });
});

test('update() leaves resources alone when the script says so, and says why', async () => {
  const backend = createMockBackend();
  const { pod } = requestWith({ resize: 'Deferred' });
  await backend.create(requestWith({ resize: 'Deferred' }), owner);
  const [main] = pod.spec.containers;
  if (main === undefined) throw new Error('no container');
  const containers = [{ ...main, resources: { requests: { cpu: '2' } } }];
  const spec = { ...pod.spec, containers };
  const report = await backend.update?.({ pod: { metadata: { ...pod.metadata, generation: 2 }, spec } }, owner);
  expect(report?.status.resize).toEqual({ state: 'Deferred' });
  expect(report?.status.containerStatuses[0]?.resources).toBeUndefined();
});
