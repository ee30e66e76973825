import { type HttpTarget, PodClient, type PodRequest } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startInterLink } from '../../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../../testing/scripted-sidecar.ts';
import { startV1Plugin } from '../../testing/v1-plugin.ts';

const listOf = (node: string, cluster = 'c1') => `/v2/clusters/${cluster}/nodes/${node}/pods`;
const pools = ['a100', 'cpu'].map((name) => ({ name, capacity: { cpu: '8' } }));

/** A v2 sidecar that says its name to everything else. */
async function startSidecar(name: string) {
  const capabilities = { ...v2Capabilities, verbs: ['create', 'delete', 'list', 'log'], pools, warnings: ['mine'] };
  return await startScriptedSidecar(({ url }, response) => {
    if (url.endsWith('/capabilities')) return { body: capabilities };
    if (!url.includes('watch=true')) return { body: { name } };
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify({ type: 'capabilities', capabilities })}\n{"type":"bookmark","cursor":"1"}\n`);
    return undefined;
  });
}

async function start(rows: ReadonlyArray<object>) {
  return (await startInterLink(0, { config: { Sidecars: rows } })).target;
}

async function ask(target: HttpTarget, path: string) {
  const { statusCode, body } = await target.send({ method: 'GET', path });
  return { status: statusCode, text: await body.text() };
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`;

test('InterLink has each node’s pods at the sidecar of its row, and none for a node that no row names', async () => {
  const [docker, slurm] = await Promise.all([startSidecar('docker'), startSidecar('slurm')]);
  const target = await start([
    { Name: 'docker', URL: urlOf(docker.port), Nodes: ['web-*'] },
    { Name: 'slurm', URL: urlOf(slurm.port), Nodes: ['gpu', 'c2/web-9'] },
  ]);
  for (const [path, name] of [
    [listOf('web-1'), 'docker'],
    [listOf('gpu'), 'slurm'],
    [listOf('web-9', 'c2'), 'slurm'],
  ] as const) {
    expect(JSON.parse((await ask(target, path)).text)).toEqual({ name });
  }
  const { status, text } = await ask(target, listOf('other'));
  expect([status, JSON.parse(text)]).toMatchObject([404, { code: 'not_found', reason: 'NoRoute' }]);
  expect(text).toContain('the node other of the cluster c1');
});

test('a sidecar that never answers holds up nobody else’s nodes, and InterLink is ready without it', async () => {
  const silent = await startScriptedSidecar(() => undefined);
  const docker = await startSidecar('docker');
  const target = await start([
    { Name: 'silent', URL: urlOf(silent.port), Nodes: ['deaf'] },
    { Name: 'docker', URL: urlOf(docker.port) },
  ]);
  const waiting = target.send({ method: 'GET', path: listOf('deaf') }).catch(() => undefined);
  await vi.waitFor(() => expect(silent.seen.length).toBeGreaterThan(0));
  expect((await ask(target, listOf('web'))).status).toBe(200);
  // The first look at both is under way at once.
  await expect
    .poll(async () => (await ask(target, '/readyz?verbose')).text)
    .toMatch(/^\[!]silent failed: .*\n\[\+]docker ok\nok\n$/s);
  expect((await ask(target, '/readyz')).status).toBe(200);
  await silent.close();
  await waiting;
});

test('a sidecar that stops in the middle of its answer holds up nobody who asks what all can do', async () => {
  const silent = await startScriptedSidecar((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"protocolVersions":["v2"],');
    return undefined;
  });
  const docker = await startSidecar('docker');
  const target = await start([
    { Name: 'silent', URL: urlOf(silent.port), Nodes: ['deaf'] },
    { Name: 'docker', URL: urlOf(docker.port) },
  ]);
  const { text } = await ask(target, '/v2/capabilities');
  expect(JSON.parse(text).pools.map(({ name }: { name: string }) => name)).toEqual(['docker/a100', 'docker/cpu']);
  expect(text).toContain('the sidecar silent does not answer: No answer within 3 s');
});

test('a sidecar that dies later is noticed; when all are down, InterLink is not ready', async () => {
  const [one, two] = await Promise.all([startSidecar('one'), startSidecar('two')]);
  const target = await start([
    { Name: 'one', URL: urlOf(one.port), Nodes: ['one'] },
    { Name: 'two', URL: urlOf(two.port), Nodes: ['two'] },
  ]);
  const readyz = async () => await ask(target, '/readyz?verbose');
  await expect.poll(readyz).toMatchObject({ status: 200, text: '[+]one ok\n[+]two ok\nok\n' });
  await one.close();
  const patience = { timeout: 30_000, interval: 200 };
  await expect
    .poll(readyz, patience)
    .toMatchObject({ status: 200, text: expect.stringMatching(/^\[!]one failed: Cannot reach/) });
  expect(await ask(target, listOf('two'))).toMatchObject({ status: 200 });
  await two.close();
  await expect
    .poll(readyz, patience)
    .toMatchObject({ status: 503, text: expect.stringMatching(/^\[-]one failed.*\n\[-]two failed.*\nnot ready\n$/s) });
});

test('InterLink tells what all its sidecars can do, and to a node no pool but its own', async () => {
  const [docker, gone] = await Promise.all([startSidecar('docker'), startSidecar('gone')]);
  const target = await start([
    { Name: 'docker', URL: urlOf(docker.port), Pool: 'a100' },
    { Name: 'gone', URL: urlOf(gone.port), Nodes: ['x'] },
    { Name: 'none', URL: urlOf(docker.port), Nodes: ['y'], Pool: 'h100' },
  ]);
  await gone.close();
  const all = JSON.parse((await ask(target, '/v2/capabilities')).text);
  expect(all).toMatchObject({
    backend: { kind: 'interlink' },
    verbs: ['create', 'delete', 'list', 'log'],
    pools: [{ name: 'docker/a100' }],
    warnings: expect.arrayContaining([
      'docker: mine',
      expect.stringMatching(/^the sidecar gone does not answer: Cannot/),
    ]),
  });
  const own = async (node: string) =>
    JSON.parse((await ask(target, `/v2/clusters/c1/nodes/${node}/capabilities`)).text) as { pools: unknown[] };
  expect((await own('web')).pools).toEqual([pools[0]]);
  expect(await own('y')).toMatchObject({
    pools: [],
    warnings: ['mine', expect.stringContaining('no pool "h100"')],
  });
});

test('a node’s stream of news tells of no pool but its own', async () => {
  const docker = await startSidecar('docker');
  const target = await start([{ Name: 'docker', URL: urlOf(docker.port), Pool: 'cpu' }]);
  const { body } = await target.send({ method: 'GET', path: `${listOf('web')}?watch=true` });
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.includes('bookmark')) break;
  }
  const records = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(records).toContainEqual(expect.objectContaining({ type: 'bookmark', cursor: '1' }));
  expect(records).toContainEqual(
    expect.objectContaining({ type: 'capabilities', capabilities: expect.objectContaining({ pools: [pools[1]] }) }),
  );
});

test('a v1 plugin that wants lists is sent lists, and one beside it is not', async () => {
  const [old, young] = await Promise.all([startV1Plugin(), startV1Plugin()]);
  const target = await start([
    { Name: 'old', URL: urlOf(old.port), Nodes: ['old'], CreatePayload: 'list', SettleSeconds: 0 },
    { Name: 'young', URL: urlOf(young.port), Nodes: ['young'], SettleSeconds: 0 },
  ]);
  const uid = '11111111-1111-4111-8111-000000000001';
  const request: PodRequest = {
    pod: { metadata: { uid, namespace: 'ns', name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    volumes: [],
  };
  for (const node of ['old', 'young']) await new PodClient(target, { cluster: 'c1', node }).createPod(request);
  const sent = (plugin: typeof old) => JSON.parse(plugin.seen.find(({ url }) => url === '/create')?.body ?? '');
  expect(sent(old)).toMatchObject([{ pod: { metadata: { uid } } }]);
  expect(sent(young)).toMatchObject({ pod: { metadata: { uid } } });
});

test('a sidecar of this machine is shown the account’s token', async () => {
  const own = await startSidecar('own');
  const target = await start([{ Name: 'own', URL: urlOf(own.port) }]);
  await ask(target, listOf('n'));
  expect(own.seen.at(-1)?.headers.authorization).toBe('Bearer the-account-token');
});
