import { writeFile } from 'node:fs/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type ClientTls, HttpTarget } from '@interlink/protocol';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { CertificateAuthority } from '../../../../test/testbed/certificate-authority.ts';
import { TlsFolder } from '../../../../test/testbed/tls-folder.ts';
import { bearerAuthentication } from '../auth/authenticate.ts';
import { certificateAuthentication } from '../auth/certificate-authentication.ts';
import { firstOf } from '../auth/first-of.ts';
import { identityOf } from '../auth/identity.ts';
import { TokenFile } from '../auth/token-file.ts';
import { createLogger } from '../process/logger.ts';
import { createHttpServer } from '../server/http-server.ts';
import { listen } from '../server/listen.ts';
import { serveEcho } from '../server/testing/serve-echo.ts';
import { TlsFiles } from './tls-files.ts';

let folder: TlsFolder;
let tokenFile: string;
beforeAll(async () => {
  folder = await TlsFolder.create();
  tokenFile = `${folder.path}/token`;
  await writeFile(tokenFile, 'right\n');
});
afterAll(async () => await folder.remove());

/** A listener with a certificate of its own, that tells callers who they are, and streams. */
async function serve({ asksClients = true } = {}) {
  const logger = createLogger('test', 'silent');
  const name = crypto.randomUUID();
  const caCertFile = `${folder.path}/${name}.ca`;
  await writeFile(caCertFile, folder.authority.certificate);
  const names = { place: 'TLS', ...(await folder.issue(name)), ...(asksClients ? { caCertFile } : {}) };
  const tls = await TlsFiles.load(names, logger);
  const authenticate = firstOf(certificateAuthentication, bearerAuthentication(new TokenFile(tokenFile)));
  const app = createHttpServer({ logger, authenticate, readiness: {}, tls });
  app.get('/me', async (request) => identityOf(request));
  serveEcho(app, '/echo');
  const url = await listen(app, 'https://127.0.0.1:0');
  onTestFinished(async () => await app.close());
  return { url, name, caCertFile, reissue: async () => await folder.issue(name) };
}

/** A client that trusts the CA, and shows these. */
function client(url: string, tls: ClientTls = {}, token?: string): HttpTarget {
  const shown = { ca: folder.authority.certificate, ...tls };
  const target = new HttpTarget({ url, tls: async () => shown, token: async () => token });
  onTestFinished(async () => await target.close());
  return target;
}

async function ask(target: HttpTarget, path = '/me'): Promise<{ status: number; [member: string]: unknown }> {
  const { statusCode, body } = await target.send({ method: 'GET', path });
  return { ...((await body.json()) as object), status: statusCode };
}

/** The serial number of the certificate that a new connection is shown. */
async function shownBy(url: string, options: ConnectionOptions = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: TLSSocket = connect({
    host: hostname,
    port: Number(port),
    ca: folder.authority.certificate,
    ...options,
  });
  try {
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return socket.getPeerCertificate().serialNumber;
  } finally {
    socket.destroy();
  }
}

test('a listener speaks TLS 1.3 and nothing older', async () => {
  const { url } = await serve();
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await shownBy(url, { minVersion: 'TLSv1.3' })).toMatch(/^[0-9A-F]+$/);
  await expect(shownBy(url, { maxVersion: 'TLSv1.2' })).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  });
});

test('a client certificate of the CA is its common name, in the groups of its organizations', async () => {
  const { url } = await serve();
  const pair = await folder.authority.issue({ user: 'vk-1', groups: ['site-a', 'site-b'] });
  expect(await ask(client(url, pair))).toEqual({
    status: 200,
    name: 'certificate:vk-1',
    groups: ['site-a', 'site-b'],
  });
});

test('who shows no certificate shows the token; who shows neither stays out', async () => {
  const { url } = await serve();
  expect(await ask(client(url, {}, 'right'))).toMatchObject({ status: 200, name: 'account' });
  expect(await ask(client(url, {}, 'wrong'))).toMatchObject({ status: 401 });
  expect(await ask(client(url))).toMatchObject({ status: 401 });
});

test.each([
  ['of another CA', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', {}],
  ['that has expired', 'CERT_HAS_EXPIRED', { notAfter: new Date(Date.now() - 60_000) }],
  ['for servers', 'INVALID_PURPOSE', { usage: 'serverAuth' as const }],
])('a client certificate %s is refused, even beside the right token', async (what, reason, subject) => {
  const { url } = await serve();
  const authority = what === 'of another CA' ? await CertificateAuthority.create('other') : folder.authority;
  const pair = await authority.issue({ user: 'vk-1', ...subject });
  expect(await ask(client(url, pair, 'right'))).toMatchObject({
    status: 401,
    detail: `The client certificate is refused: ${reason}`,
  });
});

test('without a CA nobody is asked for a certificate, and none is believed', async () => {
  const { url } = await serve({ asksClients: false });
  const pair = await folder.authority.issue({ user: 'vk-1' });
  expect(await ask(client(url, pair))).toMatchObject({ status: 401 });
  expect(await ask(client(url, pair, 'right'))).toMatchObject({ status: 200, name: 'account' });
});

test('new files serve new connections; a stream that is open stays open, and an idle connection is left', async () => {
  const { url, reissue } = await serve();
  const target = client(url, {}, 'right');
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const { signal } = new AbortController();
  const { socket } = await target.upgrade({ path: '/echo', headers, signal });
  await ask(target);
  const before = await shownBy(url);
  await reissue();
  await vi.waitFor(async () => expect(await shownBy(url)).not.toBe(before), 10_000);

  const { headers: told, body } = await target.send({ method: 'GET', path: '/me' });
  await body.dump();
  expect(told.connection).toBe('close');
  const next = await target.send({ method: 'GET', path: '/me' });
  await next.body.dump();
  expect(next.headers.connection).toBe('keep-alive');
  socket?.write('still here');
  expect(String(await new Promise((resolve) => socket?.once('data', resolve)))).toBe('still here');
  socket?.destroy();
});

test('a connection that a former CA verified has to be made anew', async () => {
  const { url, caCertFile } = await serve();
  const pair = await folder.authority.issue({ user: 'vk-1' });
  const target = client(url, pair);
  expect(await ask(target)).toMatchObject({ status: 200 });
  await writeFile(caCertFile, (await CertificateAuthority.create('next')).certificate);
  await vi.waitFor(async () => expect(await ask(client(url, pair))).toMatchObject({ status: 401 }), 10_000);
  expect(await ask(target)).toMatchObject({ status: 503, detail: expect.stringContaining('connect again') });
  expect(await ask(target)).toMatchObject({ status: 401, detail: expect.stringContaining('is refused') });
});

test('listen() refuses an address that promises what the server does not speak', async () => {
  const logger = createLogger('test', 'silent');
  const authenticate = firstOf(certificateAuthentication);
  const plain = createHttpServer({ logger, authenticate, readiness: {} });
  await expect(listen(plain, 'https://127.0.0.1:0')).rejects.toThrow('the server has no certificate');
  const tls = await TlsFiles.load({ place: 'TLS', ...(await folder.issue('unused')) }, logger);
  const encrypted = createHttpServer({ logger, authenticate, readiness: {}, tls });
  await expect(listen(encrypted, 'http://127.0.0.1:0')).rejects.toThrow('the server speaks TLS: https:// is wanted');
  await Promise.all([plain.close(), encrypted.close()]);
});
