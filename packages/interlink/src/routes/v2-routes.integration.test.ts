import { Readable } from 'node:stream';
import type { HttpTarget } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { type Script, startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';

const pods = '/v2/clusters/c1/nodes/n1/pods';

/** InterLink before a v2 sidecar that answers by this script. */
async function start(script: Script = ({ method, url, body }) => ({ body: { method, url, body } })) {
  const sidecar = await startScriptedSidecar((request, response) =>
    request.url === '/v2/capabilities' ? { body: v2Capabilities } : script(request, response),
  );
  const { target } = await startInterLink(sidecar.port);
  return { sidecar, target, requests: () => sidecar.seen.filter(({ url }) => url !== '/v2/capabilities') };
}

async function ask(target: HttpTarget, path: string, request: Partial<Parameters<HttpTarget['send']>[0]> = {}) {
  const { statusCode, headers, body } = await target.send({ method: 'GET', path, ...request });
  return { status: statusCode, headers, text: await body.text() };
}

test.each([
  ['GET', pods, undefined],
  ['GET', `${pods}?watch=true&cursor=a-1`, undefined],
  ['PUT', `${pods}/u1`, '{"pod":{}}'],
  ['DELETE', `${pods}/u1?gracePeriodSeconds=5`, undefined],
  ['GET', '/v2/clusters/c1/nodes/n1/capabilities', undefined],
  ['PATCH', `${pods}/u1/volumes`, '{"volumes":[]}'],
  ['PUT', '/v2/clusters/c1/nodes/n1/kubeconfig', '{"kubeconfig":""}'],
  ['DELETE', '/v2/clusters/c1/nodes/n1/kubeconfig', undefined],
  ['PATCH', `${pods}/u1/anything-to-come`, '{}'],
] as const)('InterLink passes %s %s through unread', async (method, path, body) => {
  const { target } = await start();
  const answer = await ask(target, path, { method, ...(body === undefined ? {} : { body }) });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { method, url: path, body: body ?? '' }]);
});

test('InterLink passes on what the protocol needs of headers, and its own token instead of the caller’s', async () => {
  const { target, requests } = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'set-cookie': 'a=b', server: 'secret', 'x-own': '1' });
    response.end('ok');
    return undefined;
  });
  const headers = {
    authorization: 'Bearer the-callers-own',
    cookie: 'session=1',
    'x-forwarded-for': '10.0.0.1',
    'content-type': 'application/json',
    traceparent: '00-1-2-01',
    'interlink-epoch': '7',
  };
  const answer = await ask(target, `${pods}/u1`, { method: 'PUT', headers, body: '{}' });
  const [seen] = requests();
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer the-account-token',
    'content-type': 'application/json',
    'content-length': '2',
    traceparent: '00-1-2-01',
    'interlink-epoch': '7',
  });
  expect(JSON.stringify(seen?.headers)).not.toMatch(/callers-own|session|10\.0\.0\.1/);
  expect(answer.headers['content-type']).toBe('text/plain');
  for (const name of ['set-cookie', 'server', 'x-own']) expect(answer.headers).not.toHaveProperty(name);
});

test.each([
  [404, { code: 'not_found', detail: 'No pod u1 here' }],
  [409, { code: 'aborted', detail: 'stale', reason: 'stale_epoch' }],
  [422, { code: 'failed_precondition', detail: 'no GPUs' }],
  [500, 'plain text of a proxy'],
])('InterLink passes an answer of %d on as it is', async (status, body) => {
  const { target } = await start(() => ({ status, body, type: 'application/problem+json' }));
  const answer = await ask(target, `${pods}/u1`);
  expect(answer.status).toBe(status);
  expect(answer.text).toBe(typeof body === 'string' ? body : JSON.stringify(body));
  expect(answer.headers['content-type']).toBe('application/problem+json');
});

test.each([
  ['/v2/clusters/c1/nodes/UPPER_case/pods', 400],
  ['/v2/clusters/c%2F1/nodes/n1/pods', 400],
  ['/v2/clusters/..%2f..%2fx/nodes/n1/pods', 400],
  ['/v2/nothing', 404],
  ['/else', 404],
])('InterLink refuses %s by itself with %d', async (path, status) => {
  const { target, requests } = await start();
  const answer = await ask(target, path);
  expect([answer.status, requests()]).toEqual([status, []]);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('InterLink streams an answer as it grows', async () => {
  let push: (text: string) => void = () => undefined;
  const { target } = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    push = (text) => response.write(text);
    return undefined;
  });
  const { statusCode, body } = await target.send({ method: 'GET', path: `${pods}?watch=true` });
  expect(statusCode).toBe(200);
  const chunks = body[Symbol.asyncIterator]();
  for (const line of ['{"n":1}\n', '{"n":2}\n']) {
    push(line);
    expect(String((await chunks.next()).value)).toBe(line);
  }
  body.destroy();
});

test('InterLink streams a request as it comes', async () => {
  const { target, sidecar } = await start();
  const body = new Readable({ read: () => undefined });
  const answered = ask(target, `${pods}/u1`, { method: 'PUT', body });
  body.push('{"first":');
  await vi.waitFor(() => expect(sidecar.seen.at(-1)?.body).toBe('{"first":'));
  body.push('1}');
  body.push(null);
  expect(JSON.parse((await answered).text)).toMatchObject({ body: '{"first":1}' });
});

test('InterLink hangs up on the sidecar when the caller is gone, before and in the middle of an answer', async () => {
  const closed: string[] = [];
  const { target, requests } = await start(({ url }, response) => {
    response.once('close', () => closed.push(url));
    if (url.includes('watch')) response.writeHead(200).write('x');
    return undefined;
  });
  const stop = new AbortController();
  const waiting = target.send({ method: 'GET', path: `${pods}/u1`, signal: stop.signal });
  const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await vi.waitFor(() => expect(requests()).toHaveLength(1));
  stop.abort();
  await refused;
  await vi.waitFor(() => expect(closed).toEqual([`${pods}/u1`]));

  const { body } = await target.send({ method: 'GET', path: `${pods}?watch=true` });
  body.on('error', () => undefined).destroy();
  await vi.waitFor(() => expect(closed).toEqual([`${pods}/u1`, `${pods}?watch=true`]));
});

test('InterLink cuts off an answer that the sidecar cuts off: nobody takes it for whole', async () => {
  const { target } = await start((_request, response) => {
    response.writeHead(200).write('half');
    setImmediate(() => response.destroy());
    return undefined;
  });
  const { body } = await target.send({ method: 'GET', path: `${pods}/u1/containers/c/log` });
  await expect(body.text()).rejects.toThrow();
});

test('InterLink answers 503 as a problem when the sidecar is down', async () => {
  const { target, sidecar } = await start();
  expect((await ask(target, pods)).status).toBe(200);
  await sidecar.close();
  const answer = await ask(target, pods);
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.text)).toMatchObject({
    code: 'unavailable',
    detail: expect.stringContaining(`Cannot reach http://127.0.0.1:${sidecar.port}`),
  });
});

test('InterLink starts before its sidecar, is not ready, and says why', async () => {
  const sidecar = await startScriptedSidecar(() => undefined);
  await sidecar.close();
  const { target } = await startInterLink(sidecar.port);
  expect(await ask(target, pods)).toMatchObject({ status: 503 });
  const { status, text } = await ask(target, '/readyz');
  expect(status).toBe(503);
  expect(text).toMatch(/^\[-]sidecar failed: Cannot reach/);
});
