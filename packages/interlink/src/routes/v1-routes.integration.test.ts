import { readFile } from 'node:fs/promises';
import type { HttpTarget, Pod, V1PodStatus } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { runningStatus, startV1Plugin, type V1PluginOptions } from '../testing/v1-plugin.ts';

const recordings = new URL('../../../../test/interop/testdata/v1-conversations/', import.meta.url);
const polls = { timeout: 15_000, interval: 100 };

interface Exchange {
  readonly method: 'GET';
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly request: unknown;
  readonly status: number;
  readonly response: unknown;
}

async function recorded(name: string): Promise<Exchange[]> {
  return JSON.parse(await readFile(new URL(name, recordings), 'utf8')) as Exchange[];
}

/** Says it again, as it was said. */
async function replay(target: HttpTarget, { method, path, requestHeaders, request }: Exchange) {
  const { 'content-length': _length, connection: _connection, ...headers } = requestHeaders;
  const body = request === null ? undefined : JSON.stringify(request);
  const response = await target.send({ method, path, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.statusCode, text: await response.body.text() };
}

async function start(options: V1PluginOptions = {}) {
  const plugin = await startV1Plugin(options);
  const { target } = await startInterLink(plugin.port);
  return { plugin, target };
}

/** What a recorded sidecar said of each pod last. */
async function recordedStatuses(name: string): Promise<Map<string, V1PodStatus>> {
  const answers = (await recorded(name)).filter(({ path, status }) => path === '/status' && status === 200);
  return new Map(answers.flatMap(({ response }) => response as V1PodStatus[]).map((status) => [status.UID, status]));
}

const wholeSeconds = (value: unknown) =>
  JSON.parse(JSON.stringify(value).replaceAll(/(\d\d:\d\d:\d\d)\.\d+Z/g, '$1Z')) as unknown;

test('a recorded virtual kubelet gets from InterLink what it got then, with the recorded sidecar behind', async () => {
  const statuses = await recordedStatuses('interlink-to-sidecar.json');
  const { target, plugin } = await start({ statusOf: (pod) => statuses.get(pod.metadata.uid) ?? runningStatus(pod) });
  const conversation = await recorded('virtual-kubelet-to-interlink.json');
  expect(conversation).toHaveLength(13);
  for (const exchange of conversation) {
    if (exchange.path === '/status') {
      await vi.waitFor(async () => {
        const { status, text } = await replay(target, exchange);
        expect(status).toBe(200);
        const [actual] = JSON.parse(text) as V1PodStatus[];
        const [then] = exchange.response as V1PodStatus[];
        expect(wholeSeconds(actual)).toMatchObject({
          name: then?.name,
          UID: then?.UID,
          namespace: then?.namespace,
          containers: then?.containers?.map(({ name, state, ready }) => ({ name, state, ready })),
        });
      }, polls);
      continue;
    }
    const { status, text } = await replay(target, exchange);
    expect([exchange.path, status, text]).toEqual([exchange.path, exchange.status, expect.any(String)]);
    if (exchange.path === '/getLogs') expect(text).toBe(exchange.response);
    if (exchange.path === '/create') {
      const { PodUID } = exchange.response as { PodUID: string };
      expect(JSON.parse(text)).toEqual({ PodUID, PodJID: `job-${PodUID.slice(-1)}` });
    }
  }
  // All that was created was deleted in the end.
  expect([plugin.calls().filter((path) => path === '/create').length, plugin.pods.size]).toEqual([3, 0]);
});

test('a recorded create reaches a v1 sidecar with what the recorded InterLink sent', async () => {
  const [create] = (await recorded('virtual-kubelet-to-interlink.json')).filter(({ path }) => path === '/create');
  const [then] = (await recorded('interlink-to-sidecar.json')).filter(({ path }) => path === '/create');
  const { target, plugin } = await start();
  await replay(target, create as Exchange);
  type Sent = { pod: Pod; container: Array<Record<string, unknown> & { name: string }> };
  const sent = JSON.parse(plugin.seen.find(({ url }) => url === '/create')?.body ?? '') as Sent;
  const expected = (then as Exchange).request as Sent;
  expect(sent.pod.metadata.uid).toBe(expected.pod.metadata.uid);
  expect(sent.container.map(({ name }) => name)).toEqual(expected.container.map(({ name }) => name));
  const dataOf = (container: Record<string, unknown>, kind: string) =>
    ((container[kind] ?? []) as Array<{ metadata: { name: string }; data?: unknown }>).map(({ metadata, data }) => [
      metadata.name,
      data,
    ]);
  for (const [index, container] of expected.container.entries()) {
    for (const kind of ['configMaps', 'secrets', 'projectedvolumemaps']) {
      expect([container.name, kind, dataOf(sent.container[index] ?? {}, kind)]).toEqual([
        container.name,
        kind,
        dataOf(container, kind),
      ]);
    }
  }
});

test('a recorded Slurm plugin’s statuses are understood, its nulls and empty strings too', async () => {
  const statuses = await recordedStatuses('interlink-to-slurm-plugin.json');
  const pods = (await recorded('interlink-to-slurm-plugin.json')).flatMap(({ path, request }) =>
    path === '/status' ? (request as Pod[]) : [],
  );
  const known = pods.filter(({ metadata }) => statuses.has(metadata.uid));
  expect(known.length).toBeGreaterThan(1);
  const { target } = await start({ statusOf: (pod) => statuses.get(pod.metadata.uid) });
  for (const pod of known) {
    const create = { pod, configmaps: null, secrets: null, projectedvolumesmaps: null, jobscriptURL: '' };
    const { body, statusCode } = await target.send({ method: 'POST', path: '/create', body: JSON.stringify(create) });
    expect([statusCode, JSON.parse(await body.text())]).toMatchObject([200, { PodUID: pod.metadata.uid }]);
  }
  await vi.waitFor(async () => {
    const { body } = await target.send({ method: 'GET', path: '/status', body: JSON.stringify(known) });
    const answers = JSON.parse(await body.text()) as V1PodStatus[];
    const exitCodes = answers.map(({ containers }) => containers?.[0]?.state.terminated?.exitCode).toSorted();
    expect(exitCodes).toEqual([0, 3]);
  }, polls);
});

test('/pinglink gives a v1 plugin’s own answer, an honest failure too', async () => {
  const body = { status: 'ok', resources: { cpu: '8' } };
  const { target } = await start({ ping: { body } });
  const response = await target.send({ method: 'POST', path: '/pinglink' });
  expect([response.statusCode, JSON.parse(await response.body.text())]).toEqual([200, body]);

  const [ping] = await recorded('interlink-to-slurm-plugin.json');
  const ill = await start({ ping: { status: 500, body: String(ping?.response) } });
  const answer = await ill.target.send({ method: 'POST', path: '/pinglink' });
  expect(answer.statusCode).toBe(500);
  expect(await answer.body.text()).toContain('sinfo stderr');
});

test('/pinglink fails when the sidecar has gone since it was last heard', async () => {
  const { target, plugin } = await start();
  const ping = async () => {
    const { statusCode, body } = await target.send({ method: 'POST', path: '/pinglink' });
    await body.dump();
    return statusCode;
  };
  expect(await ping()).toBe(200);
  await plugin.close();
  expect(await ping()).toBe(503);
});

test.each([
  ['/create', 'no JSON', 400],
  ['/create', '{}', 400],
  ['/delete', '[]', 400],
  ['/status', '{"not": "a list"}', 400],
  ['/getLogs', '{}', 400],
  ['/getLogs', JSON.stringify({ Namespace: 'ns', PodUID: '../../etc', PodName: 'p', ContainerName: 'c' }), 400],
])('%s with the body %j is refused, without the body’s words', async (path, body, status) => {
  const { target, plugin } = await start();
  const response = await target.send({ method: 'POST', path, body });
  expect(response.statusCode).toBe(status);
  expect(await response.body.text()).not.toContain('not": "a list');
  expect(plugin.calls()).toEqual([]);
});

test('/getLogs of a pod that nobody told of is 404, /status without a body is an empty list', async () => {
  const { target } = await start();
  const struct = {
    Namespace: 'ns',
    PodUID: '11111111-1111-4111-8111-000000000001',
    PodName: 'p',
    ContainerName: 'c',
    Opts: {},
  };
  const logs = await target.send({ method: 'GET', path: '/getLogs', body: JSON.stringify(struct) });
  expect(logs.statusCode).toBe(404);
  await logs.body.dump();
  const status = await target.send({ method: 'GET', path: '/status' });
  expect([status.statusCode, await status.body.text()]).toEqual([200, '[]']);
});

test.each(['GET', 'POST', 'PUT', 'DELETE'] as const)(
  'any verb is taken, and /updateCache has its answer: %s',
  async (method) => {
    const { target, plugin } = await start();
    const [{ request }] = (await recorded('virtual-kubelet-to-interlink.json')).filter(
      ({ path }) => path === '/create',
    ) as [Exchange];
    const { pod } = request as { pod: Pod };
    const say = async (path: string, body: unknown) => {
      const answer = await target.send({ method, path, body: JSON.stringify(body) });
      return [answer.statusCode, await answer.body.text()] as const;
    };
    expect((await say('/pinglink', {}))[0]).toBe(200);
    expect((await say('/create', request))[0]).toBe(200);
    expect(await say('/updateCache', pod)).toEqual([200, 'Updated cache']);
    expect((await say('/status', [pod]))[1]).toContain(pod.metadata.uid);
    expect((await say('/delete', pod))[0]).toBe(200);
    expect(plugin.pods.size).toBe(0);
  },
);
