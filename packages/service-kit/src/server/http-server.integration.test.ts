import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpTarget, InterLinkError } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bearerAuthentication, noAuthentication } from '../auth/authenticate.ts';
import type { Authenticate } from '../auth/identity.ts';
import { TokenFile } from '../auth/token-file.ts';
import { noLimits } from '../limits/limits.ts';
import { createLogger, type Logger } from '../process/logger.ts';
import type { HealthChecks } from './health.ts';
import { createHttpServer, type HttpServerOptions } from './http-server.ts';
import { isPrivateSocket, listen } from './listen.ts';
import { sendBytes } from './send-bytes.ts';
import { serveEcho } from './testing/serve-echo.ts';
import { takeUpgrade } from './upgrades.ts';

let folder: string;
const closing: Array<() => Promise<void>> = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-server-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await rm(folder, { recursive: true });
});

/** A logger that keeps whatever it is told, as JSON, but for errors of its own kind. */
function keepingLogger(): { logger: Logger; logged: string[] } {
  const logged: string[] = [];
  const logger = createLogger('test', 'silent');
  const keep = (...entry: unknown[]) =>
    void logged.push(JSON.stringify(entry, (_key, value) => (value instanceof Error ? `${value.stack}` : value)));
  Object.assign(logger, { debug: keep, info: keep, warn: keep, error: keep, child: () => logger });
  return { logger, logged };
}

async function serve(
  routes: (app: FastifyInstance) => void = () => undefined,
  options: Partial<HttpServerOptions> = {},
) {
  const { logger, logged } = keepingLogger();
  const app = createHttpServer({ logger, authenticate: noAuthentication, readiness: {}, ...options });
  routes(app);
  const url = await listen(app, 'http://127.0.0.1:0');
  const target = new HttpTarget({ url });
  closing.push(async () => {
    await target.close();
    await app.close();
  });
  const ask = async (path: string, request: Partial<Parameters<HttpTarget['send']>[0]> = {}) => {
    const { statusCode, headers, body } = await target.send({ method: 'GET', path, ...request });
    return { status: statusCode, headers, text: await body.text() };
  };
  return { app, url, target, ask, logged };
}

test.each([
  [new InterLinkError('not_found', 'no pod'), 404, 'not_found', 'no pod'],
  [new InterLinkError('failed_precondition', 'no GPUs', { reason: 'NoGpu' }), 422, 'failed_precondition', 'no GPUs'],
  [new InterLinkError('unavailable', 'away'), 503, 'unavailable', 'away'],
  [new Error('a fault of ours'), 500, 'internal', 'a fault of ours'],
  [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 503, 'unavailable', 'refused'],
])('createHttpServer() answers %s as a problem', async (error, status, code, detail) => {
  const { ask } = await serve((app) => {
    app.get('/fails', async () => {
      throw error;
    });
  });
  const answer = await ask('/fails');
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answer.text)).toMatchObject({ type: 'about:blank', status, code, detail });
});

test('createHttpServer() answers what nothing serves, what is no JSON and what is too large as problems', async () => {
  const { ask } = await serve((app) => void app.post('/echo', async (request) => request.body), {
    limits: { ...noLimits, bodyBytes: 100 },
  });
  const headers = { 'content-type': 'application/json' };
  const nothing = await ask('/nothing?token=hidden');
  expect([nothing.status, JSON.parse(nothing.text).detail]).toEqual([404, 'Nothing answers GET /nothing']);
  const broken = await ask('/echo', { method: 'POST', headers, body: '{"a": ' });
  expect([broken.status, JSON.parse(broken.text).code]).toEqual([400, 'invalid_argument']);
  const large = await ask('/echo', { method: 'POST', headers, body: JSON.stringify('x'.repeat(200)) });
  expect([large.status, JSON.parse(large.text)]).toMatchObject([413, { status: 413, code: 'out_of_range' }]);
  const text = await ask('/echo', { method: 'POST', headers: { 'content-type': 'text/html' }, body: '<p>' });
  expect([text.status, JSON.parse(text.text).code]).toEqual([415, 'invalid_argument']);
  const path = await ask('/%zz');
  expect([path.status, JSON.parse(path.text).code]).toEqual([400, 'invalid_argument']);
});

test.each([100, 1024 ** 2])(
  'createHttpServer() tells a caller that reads no answer before its body is out that %i bytes are the limit',
  async (bodyBytes) => {
    const { url } = await serve((app) => void app.post('/echo', async (request) => request.body), {
      limits: { ...noLimits, bodyBytes },
    });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const failed = vi.fn();
    socket.on('error', failed).pause();
    const length = 4 * 1024 ** 2;
    const head = `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    socket.write(head);
    for (let sent = 0; sent < length; sent += 64 * 1024) {
      const written = new Promise((resolve) => socket.write(Buffer.alloc(64 * 1024, ' '), resolve));
      await Promise.race([written, sleep(100)]);
    }
    const [answer] = await once(socket.resume(), 'data');
    expect([String(answer).split('\r\n')[0], failed.mock.calls]).toEqual(['HTTP/1.1 413 Payload Too Large', []]);
    socket.destroy();
  },
);

test('createHttpServer() takes bodies with GET and DELETE, as v1 sends them', async () => {
  const { ask } = await serve((app) => void app.all('/echo', async (request) => request.body));
  for (const method of ['GET', 'DELETE', 'POST'] as const) {
    const answer = await ask('/echo', { method, headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
    expect([method, answer.status, answer.text]).toEqual([method, 200, '{"a":1}']);
  }
});

test('createHttpServer() lets nobody in without the token, but for health', async () => {
  const path = join(folder, 'token');
  await writeFile(path, 'right\n');
  const { ask } = await serve((app) => void app.get('/pods', async () => 'pods'), {
    authenticate: bearerAuthentication(new TokenFile(path)),
  });
  for (const [where, authorization, status] of [
    ['/pods', undefined, 401],
    ['/pods', 'Bearer wrong', 401],
    ['/pods', 'Bearer right', 200],
    ['/nothing', undefined, 401],
    ['/metrics', undefined, 401],
    ['/metrics', 'Bearer right', 200],
    ['/healthz', undefined, 200],
    ['/livez', undefined, 200],
    ['/readyz?verbose', undefined, 200],
  ] as const) {
    const answer = await ask(where, authorization === undefined ? {} : { headers: { authorization } });
    expect([where, authorization, answer.status]).toEqual([where, authorization, status]);
    if (status === 401) {
      const wrong = 'Bearer error="invalid_token", error_description="The bearer token is not the right one"';
      expect(answer.headers['www-authenticate']).toBe(authorization === undefined ? 'Bearer' : wrong);
    }
  }
});

test('createHttpServer() is alive whatever happens, and ready when every check is well', async () => {
  const checks: { backend: string | undefined } = { backend: 'docker is away' };
  const readiness: HealthChecks = { backend: () => checks.backend, disk: () => undefined };
  const { ask } = await serve(undefined, { readiness });
  expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'ok' });
  expect(await ask('/livez')).toMatchObject({ status: 200, text: 'ok' });
  expect(await ask('/readyz')).toMatchObject({
    status: 503,
    text: '[-]backend failed: docker is away\n[+]disk ok\nnot ready\n',
  });
  checks.backend = undefined;
  expect(await ask('/readyz')).toMatchObject({ status: 200, text: 'ok' });
  expect(await ask('/readyz?verbose')).toMatchObject({ status: 200, text: '[+]backend ok\n[+]disk ok\nok\n' });
});

test('createHttpServer() is ready in spite of trouble that is only told of', async () => {
  const readiness: HealthChecks = { gpu: () => ({ note: 'Cannot reach it' }), cpu: () => undefined };
  const { ask } = await serve(undefined, { readiness });
  expect(await ask('/readyz')).toMatchObject({ status: 200, text: 'ok' });
  expect(await ask('/readyz?verbose')).toMatchObject({
    status: 200,
    text: '[!]gpu failed: Cannot reach it\n[+]cpu ok\nok\n',
  });
});

test('createHttpServer() counts requests by route, never by what is in the path', async () => {
  const { ask } = await serve((app) => void app.get('/pods/:uid', async () => 'ok'));
  for (const uid of ['a', 'b']) await ask(`/pods/${uid}`);
  await ask('/nothing');
  const { headers, text } = await ask('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain/);
  expect(text).toContain('http_requests_total{method="GET",route="/pods/:uid",code="200"} 2');
  expect(text).toContain('http_requests_total{method="GET",route="none",code="404"} 1');
  expect(text).toContain('process_cpu_seconds_total');
});

test('createHttpServer() gives a request its id, the sane one that it came with or a new one, and logs who asked for how much', async () => {
  const { ask, logged } = await serve((app) => void app.post('/pods/:uid', async () => 'x'.repeat(5_000)));
  const body = JSON.stringify('y'.repeat(3_000));
  const request = async (id: string) =>
    await ask('/pods/a', { method: 'POST', headers: { 'x-request-id': id, 'content-type': 'application/json' }, body });
  expect((await request('from-a-proxy:1')).headers['x-request-id']).toBe('from-a-proxy:1');
  const made = String((await request('no id')).headers['x-request-id']);
  expect(made).toMatch(/^[0-9a-f-]{36}$/);
  await vi.waitFor(() => expect(logged.join()).toContain(made));
  const [line = '[]'] = logged.filter((entry) => entry.includes('from-a-proxy:1'));
  const fields = { method: 'POST', path: '/pods/a', status: 200, identity: 'account', requestId: 'from-a-proxy:1' };
  const [logEntry] = JSON.parse(line) as [Record<string, number>];
  expect(logEntry).toMatchObject(fields);
  expect(logEntry.receivedBytes).toBeGreaterThan(3_000);
  expect(logEntry.sentBytes).toBeGreaterThan(5_000);
});

test('createHttpServer() tells of streams while they are open, and of each identity', async () => {
  const authenticate: Authenticate = async ({ headers }) => ({ name: `token:${headers.authorization}`, groups: [] });
  const { ask, target } = await serve(
    (app) => {
      app.get('/watch/:node', async (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200).write('z'.repeat(10_000));
      });
    },
    { authenticate },
  );
  const metrics = async () => (await ask('/metrics', { headers: { authorization: 'prometheus' } })).text;
  const { body } = await target.send({ method: 'GET', path: '/watch/n1?watch=true', headers: { authorization: 'a' } });
  body.on('error', () => undefined).resume();
  const open = await metrics();
  expect(open).toContain('http_streams_open{route="/watch/:node"} 1');
  expect(open).toContain('interlink_identity_streams_open{identity="token:a"} 1');
  expect(Number(/^http_sent_bytes_total\{route="\/watch\/:node"\} (\d+)$/m.exec(open)?.[1])).toBeGreaterThan(10_000);
  body.destroy();
  await vi.waitFor(async () => expect(await metrics()).not.toContain('http_streams_open{route='));
  const closed = await metrics();
  expect(closed).toContain('http_requests_total{method="GET",route="/watch/:node",code="499"} 1');
  expect(closed).toContain('interlink_identity_requests_total{identity="token:prometheus",code="200"}');
  expect(closed).toMatch(/^interlink_identity_request_duration_seconds_count\{identity="token:prometheus"} [1-9]/m);
  // A stream may last for days.
  expect(closed).not.toMatch(/^interlink_identity_request_duration_seconds_count\{identity="token:a"}/m);
  expect(closed).toContain('http_request_duration_seconds_count{method="GET",route="/metrics"}');
});

test('createHttpServer() logs requests and faults, but no body, header, query or token', async () => {
  const { ask, logged } = await serve((app) => {
    app.post('/fails', async () => {
      throw new Error('a fault of ours');
    });
  });
  const headers = { authorization: 'Bearer hunter2', cookie: 'hunter2', 'content-type': 'application/json' };
  const body = JSON.stringify({ data: { password: 'hunter2' } });
  await ask('/fails?token=hunter2', { method: 'POST', headers, body });
  await ask('/fails', { method: 'POST', headers, body: '{"password": hunter2' });
  await vi.waitFor(() => expect(logged.join('\n')).toContain('"path":"/fails","status":400'));
  expect(logged.join('\n')).toContain('a fault of ours');
  expect(logged.join('\n')).not.toContain('hunter2');
});

test('sendBytes() sends headers at once, bytes as they come, and an error before the first of them as a problem', async () => {
  let push: (text: string) => void = () => undefined;
  const { ask, target } = await serve((app) => {
    app.get('/log', async (request, reply) => {
      await sendBytes(request, reply, async (signal) => follow(signal));
      return reply;
    });
    app.get('/none', async (request, reply) => {
      await sendBytes(request, reply, async () => {
        throw new InterLinkError('not_found', 'no container');
      });
      return reply;
    });
  });
  let aborted = false;
  async function* follow(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.addEventListener('abort', () => {
      aborted = true;
      push('');
    });
    while (!signal.aborted) yield Buffer.from(await new Promise<string>((resolve) => (push = resolve)));
  }
  const { statusCode, body } = await target.send({ method: 'GET', path: '/log' });
  expect(statusCode).toBe(200);
  const chunks = body[Symbol.asyncIterator]();
  push('one\n');
  expect(String((await chunks.next()).value)).toBe('one\n');
  body.on('error', () => undefined).destroy();
  await vi.waitFor(() => expect(aborted).toBe(true));
  expect(await ask('/none')).toMatchObject({ status: 404, text: expect.stringContaining('no container') });
});

test('sendBytes() cuts off a log that breaks in the middle', async () => {
  const { ask } = await serve((app) => {
    app.get('/log', async (request, reply) => {
      await sendBytes(request, reply, async () =>
        (async function* () {
          yield Buffer.from('half');
          throw new Error('disk');
        })(),
      );
      return reply;
    });
  });
  await expect(ask('/log')).rejects.toThrow();
});

const appOf = () => createHttpServer({ logger: keepingLogger().logger, authenticate: noAuthentication, readiness: {} });

test('listen() replaces a socket that nobody answers on, but no other file and no live one', async () => {
  const path = join(folder, 'run', 'a.sock');
  const url = `unix://${path}`;
  const first = appOf();
  expect(await listen(first, url)).toBe(url);
  expect(await isPrivateSocket(url)).toBe(true);
  const second = appOf();
  await expect(listen(second, url)).rejects.toMatchObject({
    code: 'unavailable',
    message: `Cannot listen on ${url}: another process listens there`,
  });
  const target = new HttpTarget({ url });
  expect((await target.send({ method: 'GET', path: '/healthz' })).statusCode).toBe(200);
  await target.close();
  await first.close();

  // What a killed process leaves behind.
  const stale = join(folder, 'stale.sock');
  await leaveSocketBehind(stale);
  const third = appOf();
  await listen(third, `unix://${stale}`);
  await third.close();

  const file = join(folder, 'file.sock');
  await writeFile(file, 'mine');
  const fourth = appOf();
  await expect(listen(fourth, `unix://${file}`)).rejects.toThrow(`Cannot listen on unix://${file}`);
  await Promise.all([second.close(), fourth.close()]);
});

test('listen() names a taken port, and an address that is none', async () => {
  const { url } = await serve();
  const other = appOf();
  await expect(listen(other, url)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`Cannot listen on ${url}: listen EADDRINUSE`),
  });
  await expect(listen(other, 'localhost:3000')).rejects.toMatchObject({ code: 'invalid_argument' });
  await other.close();
});

test('isPrivateSocket() is false for TCP and for a folder that others can enter', async () => {
  expect(await isPrivateSocket('http://127.0.0.1:1')).toBe(false);
  expect(await isPrivateSocket('unix:///tmp/a.sock')).toBe(false);
});

async function leaveSocketBehind(path: string): Promise<void> {
  const { execFile } = await import('node:child_process');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await new Promise<void>((resolve) => execFile(process.execPath, ['-e', script], () => resolve()));
  const probe = createServer();
  await expect(
    new Promise<void>((resolve, reject) => probe.once('error', reject).listen(path, resolve)),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
}

const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };

test('takeUpgrade() hands the connection to a route, counts it, and logs nothing of the query', async () => {
  const { target, ask, logged } = await serve((app) => serveEcho(app, '/stream'));
  const { signal } = new AbortController();
  const { socket } = await target.upgrade({ path: '/stream?command=hidden', headers: upgrade, signal });
  socket?.write('echo');
  expect(String(await new Promise((resolve) => socket?.once('data', resolve)))).toBe('echo');
  socket?.destroy();
  await vi.waitFor(() => expect(logged.join()).toContain('upgraded connection closed'), 10_000);
  expect(logged.join()).not.toContain('hidden');
  expect((await ask('/metrics')).text).toContain('http_requests_total{method="GET",route="/stream",code="101"} 1');
  expect(JSON.parse((await ask('/stream')).text)).toMatchObject({ status: 400, detail: 'This path wants a WebSocket' });
});

test('a route learns that the caller of an upgrade left before its answer', async () => {
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { target } = await serve((app) => {
    app.get('/slow', async (request, reply) => {
      reply.raw.once('close', left.resolve);
      asked.resolve();
      await left.promise;
      return takeUpgrade(request, reply);
    });
  });
  const stop = new AbortController();
  const waiting = target.upgrade({ path: '/slow', headers: upgrade, signal: stop.signal });
  const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await asked.promise;
  stop.abort();
  await refused;
  await left.promise;
});

test('closing the server ends connections that were taken', async () => {
  const { app, target } = await serve((server) => {
    server.get('/stream', async (request, reply) => {
      takeUpgrade(request, reply).socket.write('HTTP/1.1 101 S\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n');
      return reply;
    });
  });
  const { signal } = new AbortController();
  const { socket } = await target.upgrade({ path: '/stream', headers: upgrade, signal });
  const ended = new Promise((resolve) => socket?.once('close', resolve));
  socket?.resume();
  await app.close();
  await ended;
});

test('createHttpServer() finds a caller that is lost in half a minute, on every connection', async () => {
  const told = vi.spyOn(Socket.prototype, 'setKeepAlive');
  const { ask, url } = await serve((app) => void app.get('/', async () => 'ok'));
  expect((await ask('/')).status).toBe(200);
  const soon = told.mock.calls.filter(([isOn, delayMs = Infinity, intervalMs = Infinity, count = Infinity], index) => {
    const isOurs = (told.mock.contexts[index] as Socket).localPort === Number(new URL(url).port);
    return isOurs && isOn === true && delayMs + intervalMs * count <= 30_000;
  });
  told.mockRestore();
  expect(soon).toHaveLength(1);
});
