import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { HttpTarget, InterLinkError } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Authenticate } from '../auth/identity.ts';
import { createLogger } from '../process/logger.ts';
import { createHttpServer } from '../server/http-server.ts';
import { listen } from '../server/listen.ts';
import { type Limits, noLimits } from './limits.ts';

/** Whoever says who he is, is let in as that. */
const authenticate: Authenticate = async ({ headers: { authorization } }) => {
  if (authorization === undefined) throw new InterLinkError('unauthenticated', 'who?');
  return { name: authorization.replace('Bearer ', ''), groups: [] };
};

async function serve(limits: Partial<Limits>, routes: (app: FastifyInstance) => void = () => undefined) {
  const logger = createLogger('test', 'silent');
  const app = createHttpServer({ logger, authenticate, readiness: {}, limits: { ...noLimits, ...limits } });
  app.get('/', async () => 'ok');
  app.post('/', async () => 'ok');
  routes(app);
  const url = await listen(app, 'http://127.0.0.1:0');
  onTestFinished(async () => await app.close());
  const clientOf = (name: string) => {
    const target = new HttpTarget({ url, token: async () => name });
    onTestFinished(async () => await target.close());
    return target;
  };
  const dial = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket.on('error', () => undefined);
  };
  return { url, clientOf, dial };
}

async function statusOf(target: HttpTarget, path = '/'): Promise<number> {
  const { statusCode, body } = await target.send({ method: 'GET', path });
  await body.dump();
  return statusCode;
}

const ended = async (socket: Socket) => await text(socket);

test('a flood of one identity is put off by 429, and every request of another one answered', async () => {
  const { clientOf } = await serve({ requestsPerSecond: 2 });
  const [flooder, other] = [clientOf('flooder'), clientOf('other')];
  const ask = async () => {
    const { statusCode, headers, body } = await flooder.send({ method: 'GET', path: '/' });
    return { statusCode, retryAfter: headers['retry-after'], text: await body.text() };
  };
  const flood = Promise.all(Array.from({ length: 300 }, ask));
  const statuses = [];
  for (let request = 0; request < 4; request += 1) statuses.push(await statusOf(other));
  expect(statuses).toEqual(Array(4).fill(200));
  const refused = (await flood).filter(({ statusCode }) => statusCode !== 200);
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map(({ statusCode, retryAfter }) => `${statusCode} ${retryAfter}`))).toEqual(
    new Set(['429 1']),
  );
  expect(JSON.parse(refused[0]?.text ?? '')).toMatchObject({ code: 'resource_exhausted', status: 429 });
});

test('our own client comes again when it is told to', async () => {
  const { clientOf } = await serve({ requestsPerSecond: 2 });
  const client = clientOf('eager');
  const calls = Array.from(
    { length: 6 },
    async () => await (await client.call({ method: 'GET', path: '/' })).body.text(),
  );
  expect(await Promise.all(calls)).toEqual(Array(6).fill('ok'));
});

test('streams are counted while they are open, of each identity and in all', async () => {
  const { clientOf } = await serve({ streamsPerIdentity: 1, streams: 2 }, (app) => {
    app.get('/watch', async (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).flushHeaders();
    });
  });
  const [a, b, c] = [clientOf('a'), clientOf('b'), clientOf('c')];
  const open = { method: 'GET', path: '/watch?watch=true' } as const;
  const first = await a.send(open);
  expect([await statusOf(a, open.path), await statusOf(a)]).toEqual([429, 200]);
  const second = await b.send(open);
  expect(await statusOf(c, open.path)).toBe(429);
  first.body.on('error', () => undefined).destroy();
  await vi.waitFor(async () => {
    const again = await a.send(open);
    expect(again.statusCode).toBe(200);
    again.body.on('error', () => undefined).destroy();
  });
  second.body.on('error', () => undefined).destroy();
});

test('a request whose headers, or whose body, drip in is answered 408 and hung up on; an answer may take longer', async () => {
  const { dial, clientOf } = await serve({ headersTimeoutMs: 300, requestTimeoutMs: 600 }, (app) => {
    app.get('/slow', async (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).flushHeaders();
      await Promise.all([ended(headers), ended(body)]);
      reply.raw.end('at last');
    });
  });
  const [headers, body] = [await dial(), await dial()];
  headers.write('GET / HTTP/1.1\r\nhost: x\r\nx-slow');
  body.write(
    'POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  );
  const answers = [ended(headers), ended(body)];
  const slow = await clientOf('a').send({ method: 'GET', path: '/slow' });
  for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 408 .*deadline_exceeded/s);
  expect(await slow.body.text()).toBe('at last');
});

test('headers of nearly 1 MiB are taken, and longer ones answered 431 and hung up on', async () => {
  const { dial } = await serve({});
  const ask = async (bytes: number) => {
    const socket = await dial();
    const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const head = 'GET / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a\r\nconnection: close\r\n';
    socket.write(`${head}x-long: ${'x'.repeat(bytes)}\r\n\r\n`);
    const [first] = await Promise.all([answer, closed]);
    return String(first);
  };
  expect(await ask(1_000_000)).toMatch(/^HTTP\/1.1 200 /);
  expect(await ask(1_100_000)).toMatch(/^HTTP\/1.1 431 /);
});

test('of strangers from one address the oldest goes when there are too many; who was let in stays', async () => {
  const { dial, clientOf } = await serve({ strangersPerAddress: 3 });
  const known = clientOf('a');
  expect(await statusOf(known)).toBe(200);
  const strangers = [await dial(), await dial(), await dial()];
  const gone = new Promise((resolve) => strangers[0]?.once('close', resolve));
  strangers[0]?.resume();
  await dial();
  await gone;
  expect(strangers.slice(1).map(({ destroyed }) => destroyed)).toEqual([false, false]);
  expect(await statusOf(known)).toBe(200);
});

test('nobody reads the body of a stranger: the refusal comes before it, and more than a body may have is hung up on', async () => {
  const { dial } = await serve({ bodyBytes: 100_000 });
  const stranger = await dial();
  stranger.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n');
  const first = await new Promise<Buffer>((resolve) => stranger.once('data', resolve));
  expect(String(first)).toMatch(/^HTTP\/1.1 401 /);
  const closed = new Promise((resolve) => stranger.once('close', resolve));
  const pour = () => void (stranger.writable && stranger.write(Buffer.alloc(64 * 1024), pour));
  pour();
  await closed;
  expect(stranger.bytesWritten).toBeLessThan(100_000_000);
});
