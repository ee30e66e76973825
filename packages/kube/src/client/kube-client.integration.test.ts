import { describe, expect, it, onTestFinished } from 'vitest';
import { events, nodes, pods } from '../resource-type.ts';
import { collect } from '../testing/collect.ts';
import { type Handler, ScriptedServer, sendJson } from '../testing/scripted-server.ts';
import { KubeClient, type KubeClientOptions } from './kube-client.ts';

/** A client of a scripted server; both end with the test. */
async function startClient(
  handler: Handler,
  options: KubeClientOptions = {},
  more: Parameters<ScriptedServer['access']>[0] = {},
) {
  const server = await ScriptedServer.start(handler);
  const client = new KubeClient(server.access(more), options);
  onTestFinished(async () => {
    const closing = client.close();
    await server.stop();
    await closing;
  });
  return { server, client };
}

const status = (code: number, reason: string, message: string) => ({ kind: 'Status', code, reason, message });
const line = (type: string, name: string) => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

describe('KubeClient requests', () => {
  it('says each verb as the API wants it', async () => {
    const seen: unknown[] = [];
    const { server, client } = await startClient((request, response) => {
      seen.push([request.headers['content-type'], request.body === '' ? undefined : JSON.parse(request.body)]);
      sendJson(response, 200, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: {},
        items: [{ metadata: { name: 'a' } }],
      });
    });
    const at = { namespace: 'ns', name: 'p' };
    await client.get(pods, at, { resourceVersion: '0' });
    const list = await client.list(pods, {}, { fieldSelector: 'spec.nodeName=n', limit: 2 });
    await client.create(pods, at, { metadata: { name: 'p' } });
    await client.replace(nodes, { name: 'n' }, {});
    await client.patch(pods, { ...at, subresource: 'status' }, { a: null }, { kind: 'strategic-merge' });
    await client.delete(pods, at, { gracePeriodSeconds: 0, uid: 'u' });
    expect(server.requests).toEqual([
      'GET /api/v1/namespaces/ns/pods/p?resourceVersion=0',
      'GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn&limit=2',
      'POST /api/v1/namespaces/ns/pods',
      'PUT /api/v1/nodes/n',
      'PATCH /api/v1/namespaces/ns/pods/p/status',
      'DELETE /api/v1/namespaces/ns/pods/p',
    ]);
    expect(seen.slice(2)).toEqual([
      ['application/json', { metadata: { name: 'p' } }],
      ['application/json', {}],
      ['application/strategic-merge-patch+json', { a: null }],
      [
        'application/json',
        { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: 'u' } },
      ],
    ]);
    expect(list.items).toEqual([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]);
  });

  it('keeps its connections, also after a DELETE with a body', async () => {
    const { server, client } = await startClient((_request, response) => sendJson(response, 200, {}));
    for (let i = 0; i < 20; i += 1) await client.delete(nodes, { name: 'n' }, { uid: 'u' });
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('throws the Status that the server answers, without credentials in it', async () => {
    const { client } = await startClient((_request, response) =>
      sendJson(response, 404, status(404, 'NotFound', 'nodes "n" not found')),
    );
    const getting = client.get(nodes, { name: 'n' });
    await expect(getting).rejects.toThrow('Cannot GET /api/v1/nodes/n: nodes "n" not found (HTTP 404 NotFound)');
    const err: unknown = await getting.catch((error: unknown) => error);
    expect(JSON.stringify([err, String((err as Error).stack)])).not.toContain('hunter2');
  });

  it.each(['GET', 'POST'] as const)('repeats a %s that was answered with 429, after Retry-After', async (method) => {
    let count = 0;
    const { client } = await startClient((_request, response) => {
      count += 1;
      if (count < 3) sendJson(response, 429, status(429, 'TooManyRequests', 'busy'), { 'retry-after': '0' });
      else sendJson(response, 200, { count });
    });
    expect(await client.request({ method, path: '/x', body: {} })).toEqual({ count: 3 });
  });

  it('repeats what may be repeated when the connection breaks, but never a POST', async () => {
    let count = 0;
    const { client } = await startClient((_request, response) => {
      count += 1;
      if (count % 2 === 1) response.socket?.resetAndDestroy();
      else sendJson(response, 200, {});
    });
    await client.patch(nodes, { name: 'n' }, {}, { kind: 'merge' });
    expect(count).toBe(2);
    await expect(
      client.create(events, { namespace: 'ns' }, { metadata: {}, involvedObject: {} }),
    ).rejects.toMatchObject({
      name: 'KubeTransportError',
      code: 'connection',
    });
    expect(count).toBe(3);
  });

  it('gives up after its timeout, and at once when aborted', async () => {
    const { client } = await startClient(() => undefined, { timeoutMs: 100 });
    await expect(client.get(nodes, { name: 'n' })).rejects.toMatchObject({
      name: 'KubeTransportError',
      code: 'timeout',
    });
    const abort = new AbortController();
    const getting = client.get(nodes, { name: 'n' }, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(getting).rejects.toThrow('enough');
  });

  it('says where nobody answers', async () => {
    const { server, client } = await startClient(() => undefined);
    await server.stop();
    await expect(client.get(nodes, { name: 'n' })).rejects.toThrow(
      /Cannot GET \/api\/v1\/nodes\/n: http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    );
    const again = await ScriptedServer.start(() => undefined);
    onTestFinished(() => again.stop());
    server.stop = async () => undefined;
  });

  it('calls an answer that is not JSON malformed, without quoting it', async () => {
    const { client } = await startClient((_request, response) => void response.end('<html>secret'));
    const getting = client.get(nodes, { name: 'n' });
    await expect(getting).rejects.toMatchObject({ code: 'malformed' });
    await expect(getting).rejects.not.toThrow('secret');
  });

  it('logs in anew after 401, once', async () => {
    let token = 'old';
    const credentials = async () => ({ headers: { authorization: token }, tls });
    const tls = { insecureSkipVerify: true };
    const { server, client } = await startClient(
      (request, response) => {
        if (request.headers.authorization === 'new') sendJson(response, 200, {});
        else sendJson(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
      },
      {},
      {
        credentials,
        refresh: () => {
          token = token === 'old' ? 'new' : 'worse';
          return true;
        },
      },
    );
    await client.get(nodes, { name: 'n' });
    token = 'bad';
    await expect(client.get(nodes, { name: 'n' })).rejects.toMatchObject({ code: 401 });
    expect(server.requests.length).toBe(4);
  });

  it('opens new connections when the TLS material changed, and lets the old ones finish', async () => {
    let tls = { insecureSkipVerify: true };
    const held: (() => void)[] = [];
    const { server, client } = await startClient(
      (request, response) => {
        if (request.url === '/slow') held.push(() => sendJson(response, 200, {}));
        else sendJson(response, 200, {});
      },
      {},
      { credentials: async () => ({ headers: {}, tls }) },
    );
    const slow = client.request({ method: 'GET', path: '/slow' });
    await client.request({ method: 'GET', path: '/a' });
    expect(server.connections).toBe(2);
    tls = { insecureSkipVerify: true };
    await client.request({ method: 'GET', path: '/b' });
    expect(server.connections).toBe(3);
    for (const release of held) release();
    await slow;
  });

  it('keeps the path of the server URL in front', async () => {
    const { server, client } = await startClient((_request, response) => sendJson(response, 200, {}));
    const proxied = new KubeClient({
      ...server.access(),
      server: new URL(`http://127.0.0.1:${server.port}/k8s/clusters/c1/`),
    });
    onTestFinished(() => proxied.close());
    await proxied.get(nodes, { name: 'n' });
    await client.get(nodes, { name: 'n' });
    expect(server.requests).toEqual(['GET /k8s/clusters/c1/api/v1/nodes/n', 'GET /api/v1/nodes/n']);
  });
});

describe('KubeClient.watch()', () => {
  it('gives events as they come, whatever the chunks, and asks for bookmarks', async () => {
    const { server, client } = await startClient(async (_request, response) => {
      const bytes = Buffer.from(line('ADDED', 'ä') + line('BOOKMARK', 'b'));
      for (let i = 0; i < bytes.length; i += 7) {
        response.write(bytes.subarray(i, i + 7));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const signal = new AbortController().signal;
    const seen = await collect(client.watch(pods, {}, { resourceVersion: '5', timeoutSeconds: 300, signal }));
    expect(seen.map(({ type, object }) => [type, object.metadata?.name])).toEqual([
      ['ADDED', 'ä'],
      ['BOOKMARK', 'b'],
    ]);
    expect(server.requests).toEqual([
      'GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300',
    ]);
  });

  it('does not take connections from requests', async () => {
    const { client } = await startClient(
      (request, response) => {
        if (request.url?.includes('watch')) response.write(line('ADDED', 'a'));
        else sendJson(response, 200, {});
      },
      { connections: 1 },
    );
    const stop = new AbortController();
    const watches = Array.from({ length: 10 }, () =>
      client.watch(pods, {}, { signal: stop.signal })[Symbol.asyncIterator](),
    );
    await Promise.all(watches.map((watch) => watch.next()));
    await client.get(nodes, { name: 'n' });
    stop.abort(new Error('enough'));
    for (const watch of watches) await expect(watch.next()).rejects.toThrow('enough');
  });

  it('ends the connection when the reader leaves', async () => {
    const { server, client } = await startClient((_request, response) => void response.write(line('ADDED', 'a')));
    for await (const _event of client.watch(pods, {}, { signal: new AbortController().signal })) break;
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('throws what went wrong', async () => {
    const answers: Handler[] = [
      (_request, response) => sendJson(response, 410, status(410, 'Expired', 'too old')),
      (_request, response) =>
        void response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired', 'too old') })}\n`),
      (_request, response) => {
        response.write(`${line('ADDED', 'a')}{"type":"ADD`);
        setImmediate(() => response.socket?.resetAndDestroy());
      },
      (_request, response) => void response.end('{"type":"ADD'),
      (_request, response) => void response.end('garbage\n'),
      (_request, response) => void response.write(line('ADDED', 'a')),
    ];
    const { client } = await startClient((request, response) => answers.shift()?.(request, response));
    const watching = () =>
      collect(client.watch(pods, {}, { signal: new AbortController().signal, idleTimeoutMs: 300 }));
    for (const code of [410, 410, 'connection', 'malformed', 'malformed', 'timeout']) {
      await expect(watching()).rejects.toMatchObject({ code });
    }
  });
});
