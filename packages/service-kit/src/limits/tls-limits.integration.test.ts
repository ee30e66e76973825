import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type ClientTls, HttpTarget, streamProtocol } from '@interlink/protocol';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { TlsFolder } from '../../../../test/testbed/tls-folder.ts';
import { certificateAuthentication } from '../auth/certificate-authentication.ts';
import { firstOf } from '../auth/first-of.ts';
import { createLogger } from '../process/logger.ts';
import { createHttpServer } from '../server/http-server.ts';
import { listen } from '../server/listen.ts';
import { serveEcho } from '../server/testing/serve-echo.ts';
import { TlsFiles } from '../tls/tls-files.ts';
import { type Limits, noLimits } from './limits.ts';

const { signal: never } = new AbortController();
const upgradeHeaders = {
  ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': streamProtocol,
};

let folder: TlsFolder;
beforeAll(async () => {
  folder = await TlsFolder.create();
});
afterAll(async () => await folder.remove());

/** A listener at https:// that knows callers by their certificates, and echoes on `/echo`. */
async function serve(limits: Partial<Limits>) {
  const logger = createLogger('test', 'silent');
  const { caFile: caCertFile } = folder;
  const tls = await TlsFiles.load({ place: 'TLS', ...(await folder.issue('server')), caCertFile }, logger);
  const authenticate = firstOf(certificateAuthentication);
  const app = createHttpServer({ logger, authenticate, readiness: {}, tls, limits: { ...noLimits, ...limits } });
  app.get('/', async () => 'ok');
  serveEcho(app, '/echo');
  const url = await listen(app, 'https://127.0.0.1:0');
  onTestFinished(async () => await app.close());
  const clientOf = async (user: string) => {
    const shown: ClientTls = { ca: folder.authority.certificate, ...(await folder.authority.issue({ user })) };
    const target = new HttpTarget({ url, tls: async () => shown });
    onTestFinished(async () => await target.close());
    return target;
  };
  return { port: Number(new URL(url).port), clientOf };
}

async function statusOf(target: HttpTarget): Promise<number> {
  const { statusCode, body } = await target.send({ method: 'GET', path: '/' });
  await body.dump();
  return statusCode;
}

/** An upgraded connection, or the status of the refusal. */
async function openStream(target: HttpTarget): Promise<{ status: number | undefined; socket: Socket | undefined }> {
  const { response, socket } = await target.upgrade({ path: '/echo', headers: upgradeHeaders, signal: never });
  if (socket === undefined) response.resume();
  else onTestFinished(() => void socket.destroy());
  return { status: response.statusCode, socket };
}

async function echo(socket: Socket | undefined, word: string): Promise<string> {
  const answer = new Promise<Buffer>((resolve) => socket?.once('data', resolve));
  socket?.write(word);
  return String(await answer);
}

/** A bare TCP connection to the listener. */
async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket.on('error', () => undefined).resume();
}

async function dialTls(port: number): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ca: folder.authority.certificate });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket.on('error', () => undefined);
}

const closed = async (socket: Socket) => await new Promise((resolve) => socket.once('close', resolve));

test('over TLS, a flood of one identity is put off by 429, and the stream of another one goes on', async () => {
  const { clientOf } = await serve({ requestsPerSecond: 2 });
  const [flooder, other] = [await clientOf('flooder'), await clientOf('other')];
  const { socket } = await openStream(other);
  const flood = Promise.all(Array.from({ length: 30 }, async () => await statusOf(flooder)));
  expect(await echo(socket, 'during')).toBe('during');
  expect(await statusOf(other)).toBe(200);
  expect(new Set(await flood)).toEqual(new Set([200, 429]));
  expect(await echo(socket, 'after')).toBe('after');
});

test('over TLS, an upgraded connection is a stream of who opened it until it closes', async () => {
  const { clientOf } = await serve({ streamsPerIdentity: 1 });
  const [one, other] = [await clientOf('one'), await clientOf('other')];
  const first = await openStream(one);
  expect([first.status, (await openStream(one)).status, (await openStream(other)).status]).toEqual([101, 429, 101]);
  first.socket?.destroy();
  await vi.waitFor(async () => expect((await openStream(one)).status).toBe(101));
});

test('over TLS, the oldest stranger of an address goes, in the middle of its handshake too; who was let in stays', async () => {
  const { clientOf, port } = await serve({ strangersPerAddress: 2 });
  const known = await clientOf('known');
  const { socket } = await openStream(known);
  const oldest = await dial(port);
  const goes = closed(oldest);
  // Each is one connection, although Node tells of it twice.
  const [second, third] = [await dialTls(port), await dialTls(port)];
  await goes;
  expect([second.destroyed, third.destroyed]).toEqual([false, false]);
  expect(await echo(socket, 'still here')).toBe('still here');
});

test('who does not end the TLS handshake in the time that headers have, or begins with something else, is hung up on', async () => {
  const { port } = await serve({ headersTimeoutMs: 300, requestTimeoutMs: 600 });
  const silent = await dial(port);
  const plain = await dial(port);
  plain.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await Promise.all([closed(silent), closed(plain)]);
});

test('over TLS, headers that drip in are answered 408, and what is no HTTP 400', async () => {
  // The handshake has to end in this time, too, however busy the machine is.
  const { port } = await serve({ headersTimeoutMs: 3_000, requestTimeoutMs: 3_000 });
  const [slow, broken] = [await dialTls(port), await dialTls(port)];
  slow.write('GET / HTTP/1.1\r\nhost: x\r\nx-slow');
  broken.write('NONSENSE\r\n\r\n');
  expect(await text(broken)).toMatch(/^HTTP\/1.1 400 .*That is no HTTP request/s);
  expect(await text(slow)).toMatch(/^HTTP\/1.1 408 .*deadline_exceeded/s);
});
