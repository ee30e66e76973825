import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InterLinkError, type PodClient, type StreamRecord } from '@interlink/protocol';
import { bearerAuthentication, TokenFile } from '@interlink/service-kit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { requestOf } from '../testing/memory-backend.ts';
import { startSidecar } from '../testing/running-sidecar.ts';

const owner = { cluster: 'c1', node: 'n1' };
const stranger = { cluster: 'c1', node: 'n2' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-sdk-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

/** Reads records until one fits. */
async function readUntil(
  client: PodClient,
  fits: (record: StreamRecord) => boolean,
  cursor?: string,
): Promise<StreamRecord[]> {
  const stop = new AbortController();
  const records: StreamRecord[] = [];
  try {
    for await (const record of client.watchPods({ cursor, signal: stop.signal })) {
      records.push(record);
      if (fits(record)) return records;
    }
    throw new Error('The stream ended');
  } finally {
    stop.abort();
  }
}

const isSnapshotEnd = (record: StreamRecord) => record.type === 'bookmark' && record.snapshot === 'end';
const cursorOf = (record: StreamRecord | undefined) =>
  record !== undefined && 'cursor' in record ? record.cursor : '';

test('callers without the right token get 401, and health needs none', async () => {
  const path = join(folder, 'token');
  await writeFile(path, 'right\n');
  const authenticate = bearerAuthentication(new TokenFile(path));
  await using sidecar = await startSidecar({ authenticate, token: 'right' });
  await expect(sidecar.clientOf(owner).listPods()).resolves.toEqual([]);
  for (const [route, headers, status] of [
    ['/v2/capabilities', {}, 401],
    ['/status', {}, 401],
    ['/metrics', { authorization: 'Bearer wrong' }, 401],
    ['/no/such', {}, 401],
    ['/readyz', {}, 200],
  ] as const) {
    const response = await fetch(`${sidecar.url}${route}`, { headers });
    expect([route, response.status]).toEqual([route, status]);
    if (status !== 401) continue;
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer( error="invalid_token"|$)/);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  }
});

test('a create raced twenty times reaches the backend once', async () => {
  await using sidecar = await startSidecar();
  const request = requestOf('p');
  const client = sidecar.clientOf(owner);
  await Promise.all(Array.from({ length: 20 }, () => client.createPod(request)));
  expect(sidecar.backend.created).toEqual([request.pod.metadata.uid]);
  expect(await client.listPods()).toMatchObject([{ name: 'p' }]);
});

test('a create whose UID differs from its path is refused', async () => {
  await using sidecar = await startSidecar();
  const path = `/v2/clusters/c1/nodes/n1/pods/${crypto.randomUUID()}`;
  const headers = { 'content-type': 'application/json' };
  const sent = sidecar.target.call({ method: 'PUT', path, headers, body: JSON.stringify(requestOf('p')) });
  await expect(sent).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('another owner’s pod is not found, whatever is asked of it', async () => {
  await using sidecar = await startSidecar();
  const request = requestOf('p');
  const { uid } = request.pod.metadata;
  await sidecar.clientOf(owner).createPod(request);
  const client = sidecar.clientOf(stranger);
  const notFound = { code: 'not_found' };
  await expect(client.createPod(request)).rejects.toMatchObject(notFound);
  await expect(client.deletePod(uid, 0)).rejects.toMatchObject(notFound);
  await expect(client.logs(uid, 'c', {}, new AbortController().signal)).rejects.toMatchObject(notFound);
  expect(await client.listPods()).toEqual([]);
  expect(await sidecar.clientOf(owner).listPods()).toHaveLength(1);
});

test('new files of volumes reach the backend after the pod’s create and before its delete, never beside them', async () => {
  await using sidecar = await startSidecar();
  const { backend } = sidecar;
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  const { uid } = request.pod.metadata;
  const volumes = [{ name: 'v', files: [{ path: 'a/b', mode: 0o400, data: 'aGk=' }] }];
  await expect(client.updateVolumes(uid, volumes)).rejects.toMatchObject({ code: 'not_found' });
  const gate = Promise.withResolvers<void>();
  const calls: string[] = [];
  backend.updateVolumes = async (pod, given) => {
    calls.push('update begins');
    await gate.promise;
    calls.push(`updated ${pod.namespace}/${pod.name} ${JSON.stringify(given)}`);
  };
  const deletePod = backend.delete.bind(backend);
  backend.delete = async (pod) => {
    calls.push('deleted');
    await deletePod(pod);
  };
  await client.createPod(request);
  const updating = client.updateVolumes(uid, volumes);
  while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const deleting = client.deletePod(uid, 0);
  gate.resolve();
  await Promise.all([updating, deleting]);
  expect(calls).toEqual(['update begins', `updated ns/p ${JSON.stringify(volumes)}`, 'deleted']);
});

test('an update of volumes is refused: without the verb, to another owner, with bad paths', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  const { uid } = request.pod.metadata;
  await client.createPod(request);
  const withPath = (path: string) => [{ name: 'v', files: [{ path, mode: 0o400, data: '' }] }];
  await expect(client.updateVolumes(uid, withPath('a'))).rejects.toMatchObject({
    code: 'unimplemented',
    message: `The backend "memory" can't update the volumes of a pod`,
  });
  const reached: string[] = [];
  sidecar.backend.updateVolumes = async (pod) => void reached.push(pod.uid);
  await expect(sidecar.clientOf(stranger).updateVolumes(uid, withPath('a'))).rejects.toMatchObject({
    code: 'not_found',
  });
  for (const volumes of [withPath('../a'), withPath('/a'), withPath(''), []]) {
    await expect(client.updateVolumes(uid, volumes)).rejects.toMatchObject({ code: 'invalid_argument' });
  }
  expect(reached).toEqual([]);
});

test('a pod can be looked at before it runs, where the backend can tell', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  await expect(client.render(request)).rejects.toMatchObject({ code: 'unimplemented' });
  sidecar.backend.render = async ({ pod }, { node }) => ({
    parts: [{ name: 'job', body: `${pod.metadata.name} on ${node}` }],
    warnings: ['w'],
  });
  expect(await client.render(request)).toEqual({ parts: [{ name: 'job', body: 'p on n1' }], warnings: ['w'] });
  expect(sidecar.backend.created).toEqual([]);
});

test('rendering shows what the backend was given for a pod, of its owner only, if it can', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  const { uid } = request.pod.metadata;
  await client.createPod(request);
  await expect(client.rendering(uid)).rejects.toMatchObject({ code: 'unimplemented' });
  sidecar.backend.rendering = async ({ name, namespace, owner: { node } }) => ({
    parts: [{ name: 'job', body: `${namespace}/${name} on ${node}` }],
    warnings: [],
  });
  const { namespace, name } = request.pod.metadata;
  expect(await client.rendering(uid)).toEqual({
    parts: [{ name: 'job', body: `${namespace}/${name} on n1` }],
    warnings: [],
  });
  await expect(sidecar.clientOf({ ...owner, node: 'n2' }).rendering(uid)).rejects.toMatchObject({ code: 'not_found' });
});

test('a backend that counts what it asks has the number told with the capabilities', async () => {
  await using sidecar = await startSidecar();
  const told = async () => (await fetch(`${sidecar.url}/v2/capabilities`)).headers.get('interlink-backend-requests');
  expect(await told()).toBeNull();
  sidecar.backend.requestsMade = 17;
  expect(await told()).toBe('17');
});

test('delete of a pod that is not there succeeds', async () => {
  await using sidecar = await startSidecar();
  await expect(sidecar.clientOf(owner).deletePod(crypto.randomUUID(), 5)).resolves.toBeUndefined();
});

test('watch gives a snapshot, then what happens, and goes on from a cursor', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  const [first, second] = [requestOf('one'), requestOf('two')];
  await client.createPod(first);
  const snapshot = await readUntil(client, isSnapshotEnd);
  expect(snapshot.map(({ type }) => type)).toEqual(['bookmark', 'pod', 'bookmark']);

  const live = readUntil(client, (record) => record.type === 'pod', cursorOf(snapshot.at(-1)));
  await client.createPod(second);
  expect((await live).at(-1)).toMatchObject({ type: 'pod', pod: { name: 'two' } });

  await client.deletePod(first.pod.metadata.uid, 0);
  const resumed = await readUntil(client, (record) => record.type === 'gone', cursorOf((await live).at(-1)));
  expect(resumed.map(({ type }) => type)).toEqual(['bookmark', 'gone']);
});

test('events reach whoever watches', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  await client.createPod(request);
  const read = readUntil(client, (record) => {
    if (isSnapshotEnd(record)) {
      sidecar.backend.news?.event(request.pod.metadata.uid, { type: 'Normal', reason: 'Pulled', message: 'm' });
    }
    return record.type === 'event';
  });
  expect((await read).at(-1)).toMatchObject({ type: 'event', event: { reason: 'Pulled' } });
});

test('a log is cut at limitBytes, and unknown containers and bad options are refused', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  const { uid } = request.pod.metadata;
  const { signal } = new AbortController();
  await client.createPod(request);
  const bytes = await client.logs(uid, 'c', { limitBytes: 2 }, signal);
  expect(await bytes.reduce((text: string, chunk: Buffer) => text + String(chunk), '')).toBe('lo');
  await expect(client.logs(uid, 'other', {}, signal)).rejects.toMatchObject({ code: 'not_found' });
  await expect(client.logs(uid, 'c', { tailLines: -1 }, signal)).rejects.toMatchObject({ code: 'failed_precondition' });
});

test('while the backend can’t be listed nothing is answered, and readyz says why', async () => {
  await using sidecar = await startSidecar();
  sidecar.backend.fail(new InterLinkError('unavailable', 'the engine is down'));
  sidecar.backend.news?.relist();
  const client = sidecar.clientOf(owner);
  let error: unknown;
  while (error === undefined)
    error = await client.listPods().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('the engine is down') });
  const ready = await fetch(`${sidecar.url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('the engine is down')]);
  sidecar.backend.fail(undefined);
  while ((await fetch(`${sidecar.url}/readyz`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
});

test('a stream of pods ends when the backend is out of reach, and the next is told why', async () => {
  await using sidecar = await startSidecar();
  const client = sidecar.clientOf(owner);
  await client.createPod(requestOf('p'));
  const { signal } = new AbortController();
  for await (const record of client.watchPods({ signal })) {
    if (!isSnapshotEnd(record)) continue;
    sidecar.backend.fail(new InterLinkError('unavailable', 'the engine is down'));
    sidecar.backend.news?.relist();
  }
  await expect(Array.fromAsync(client.watchPods({ signal }))).rejects.toThrow('the engine is down');
  sidecar.backend.fail(undefined);
  await vi.waitFor(async () => expect(await client.listPods()).toHaveLength(1), { timeout: 10_000 });
  expect((await readUntil(client, isSnapshotEnd)).length).toBeGreaterThan(2);
});

test('v1 routes answer in the recorded shapes, with any verb', async () => {
  await using sidecar = await startSidecar();
  const { pod } = requestOf('p');
  const v1Pod = { ...pod, spec: { ...pod.spec, nodeName: 'n1', volumes: null } };
  const { uid } = pod.metadata;
  const headers = { 'content-type': 'application/json' };
  const call = async (method: 'GET' | 'POST' | 'DELETE', path: string, body: unknown) => {
    const response = await sidecar.target.call({ method, path, headers, body: JSON.stringify(body) });
    return await response.body.text();
  };
  const json = async (...args: Parameters<typeof call>) => JSON.parse(await call(...args));

  expect(await json('GET', '/status', [])).toMatchObject({ status: 'ok' });
  const data = { pod: v1Pod, container: [{ name: 'c', configMaps: null, secrets: null }], jobConfig: {} };
  expect(await json('POST', '/create', data)).toEqual({ PodUID: uid, PodJID: uid });
  expect(await json('POST', '/create', [data])).toEqual([{ PodUID: uid, PodJID: uid }]);
  const unknown = { ...v1Pod, metadata: { ...pod.metadata, uid: crypto.randomUUID() } };
  expect(await json('GET', '/status', [v1Pod, unknown])).toEqual([
    {
      name: 'p',
      UID: uid,
      namespace: 'ns',
      JID: uid,
      containers: [
        {
          name: 'c',
          ready: true,
          restartCount: 0,
          image: 'busybox',
          imageID: '',
          state: { running: { startedAt: '2027-01-01T00:00:00Z' } },
        },
      ],
      initContainers: [],
    },
  ]);
  const log = { Namespace: 'ns', PodUID: uid, PodName: 'p', ContainerName: 'c', Opts: { Tail: 0, Bytes: 2 } };
  expect(await call('GET', '/getLogs', log)).toBe('lo');
  expect(await json('DELETE', '/delete', v1Pod)).toEqual({});
  expect(await json('POST', '/delete', v1Pod)).toEqual({});
  expect(await json('POST', '/status', [v1Pod])).toEqual([]);
});

test('a unix socket is private, replaces a stale one and is not taken from who listens', async () => {
  const socket = join(folder, 'run', 'sidecar.sock');
  const url = `unix://${socket}`;
  {
    await using sidecar = await startSidecar({ url });
    expect(await sidecar.clientOf(owner).listPods()).toEqual([]);
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'run'))).mode & 0o777).toBe(0o700);
    await expect(startSidecar({ url })).rejects.toMatchObject({ code: 'unavailable' });
  }
  await leaveStaleSocket(socket);
  await using sidecar = await startSidecar({ url });
  expect(await sidecar.clientOf(owner).listPods()).toEqual([]);
});

/** A socket file that nobody listens on, as a killed process leaves it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  expect(spawnSync(process.execPath, ['--eval', script]).signal).toBe('SIGKILL');
  expect((await stat(path)).isSocket()).toBe(true);
}
