import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { CertificateAuthority } from '../../../../test/testbed/certificate-authority.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { startTestKubelet } from './testing/start-kubelet.ts';

const masters = ['system:masters'];
const unauthorized = { status: 401, body: 'Unauthorized' };

describe('startKubeletServer() lets in', () => {
  it('a client certificate of system:masters', async () => {
    const { admin } = await startTestKubelet();
    const client = await admin();
    expect(await client.get('/healthz')).toMatchObject({ status: 200, body: 'ok' });
    const pods = await client.get('/pods');
    expect(pods.headers['content-type']).toBe('application/json');
    expect(JSON.parse(pods.body)).toMatchObject({ kind: 'PodList', items: [{ metadata: { name: 'p' } }] });
    expect(JSON.parse((await client.get('/runningpods/')).body).items[0].spec.containers).toHaveLength(1);
  });

  it('a known bearer token, as far as it is allowed', async () => {
    const { client } = await startTestKubelet();
    const headers = { authorization: 'Bearer good' };
    expect((await client().get('/pods', { headers })).status).toBe(200);
    expect(await client().get('/metrics/resource', { headers })).toMatchObject({
      status: 403,
      body: 'Forbidden (user=alice, verb=get, resource=nodes, subresource(s)=[metrics])',
    });
    expect((await client().get('/exec/ns/p/c', { headers })).body).toContain('verb=create');
  });

  it('a certificate of any other user, as far as it is allowed', async () => {
    const { ca, client } = await startTestKubelet();
    expect((await client(await ca.issue({ user: 'alice' })).get('/pods')).status).toBe(200);
    expect((await client(await ca.issue({ user: 'bob', groups: ['system:nodes'] })).get('/healthz')).body).toBe(
      'Forbidden (user=bob, verb=get, resource=nodes, subresource(s)=[healthz proxy])',
    );
  });

  it('a resumed TLS session as the user it was made for', async () => {
    const { ca, server, client } = await startTestKubelet();
    const pair = await ca.issue({ user: 'admin', groups: masters });
    const session = await takeSession(server.port, pair);
    expect((await client({ ...pair, session }).get('/healthz')).status).toBe(200);
  });
});

describe('startKubeletServer() refuses with 401', () => {
  it.each(['/healthz', '/pods', '/containerLogs/ns/p/c', '/exec/ns/p/c', '/nothing', '//'])(
    'who shows nothing at %s',
    async (path) => {
      const { client } = await startTestKubelet();
      expect(await client().get(path)).toMatchObject(unauthorized);
      expect(await client().get(path, { method: 'POST' })).toMatchObject(unauthorized);
    },
  );

  it('a certificate of a foreign CA, whatever its subject says', async () => {
    const { client } = await startTestKubelet();
    const foreign = await CertificateAuthority.create();
    const pair = await foreign.issue({ user: 'admin', groups: masters });
    expect(await client(pair).get('/healthz')).toMatchObject(unauthorized);
  });

  it('a certificate that signed itself, that is over, or that is for servers', async () => {
    const { ca, client } = await startTestKubelet();
    const pairs = [
      await createSelfSignedCertificate(['admin'], Date.now()),
      await ca.issue({ user: 'admin', groups: masters, notAfter: new Date(Date.now() - 1_000) }),
      await ca.issue({ user: 'admin', groups: masters, usage: 'serverAuth' }),
    ];
    for (const pair of pairs) expect(await client(pair).get('/healthz')).toMatchObject(unauthorized);
  });

  it('a certificate whose time ends while its connection lasts', async () => {
    const { ca, client } = await startTestKubelet();
    // Times in certificates are whole seconds.
    const notAfter = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 5_000);
    const short = client(await ca.issue({ user: 'admin', groups: masters, notAfter }));
    expect((await short.get('/healthz')).status).toBe(200);
    await vi.waitFor(async () => expect((await short.get('/healthz')).status).toBe(401), { timeout: 15_000 });
  });

  it('an unknown token', async () => {
    const { client } = await startTestKubelet();
    expect(await client().get('/pods', { headers: { authorization: 'Bearer bad' } })).toMatchObject(unauthorized);
    expect(await client().get('/pods', { headers: { authorization: 'Basic good' } })).toMatchObject(unauthorized);
  });

  it('everybody while there is no client CA', async () => {
    const { trust, admin, client } = await startTestKubelet();
    trust.ca = undefined;
    await vi.waitFor(async () => expect(await (await admin()).get('/healthz')).toMatchObject(unauthorized));
    expect(await client().get('/pods', { headers: { authorization: 'Bearer good' } })).toMatchObject(unauthorized);
  });
});

describe('startKubeletServer() follows', () => {
  it('a new client CA: connections and sessions of the old one end', async () => {
    const { server, trust, ca, client } = await startTestKubelet();
    const oldPair = await ca.issue({ user: 'admin', groups: masters });
    const oldClient = client(oldPair);
    expect((await oldClient.get('/healthz')).status).toBe(200);
    const session = await takeSession(server.port, oldPair);
    const fresh = await CertificateAuthority.create();
    const freshPair = await fresh.issue({ user: 'admin', groups: masters });
    trust.ca = fresh.certificate;
    await vi.waitFor(async () => expect((await client(freshPair).get('/healthz')).status).toBe(200));
    await expect(oldClient.get('/healthz')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await oldClient.get('/healthz')).toMatchObject(unauthorized);
    expect(await client({ ...oldPair, session }).get('/healthz')).toMatchObject(unauthorized);
  });

  it('a new serving certificate', async () => {
    const { server, trust } = await startTestKubelet();
    trust.pair = await createSelfSignedCertificate(['renewed'], Date.now());
    await vi.waitFor(async () => {
      const socket = await handshake(server.port);
      expect(new X509Certificate(socket.getPeerCertificate().raw).subject).toBe('CN=renewed');
    });
  });
});

describe('startKubeletServer() speaks', () => {
  it('HTTP/1.1 over TLS 1.2 and newer', async () => {
    const { server } = await startTestKubelet();
    const socket = await handshake(server.port, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect([socket.alpnProtocol, socket.getProtocol()]).toEqual(['http/1.1', 'TLSv1.3']);
    const older = handshake(server.port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' });
    await expect(older).rejects.toMatchObject({ code: expect.stringMatching(/VERSION/) });
  });

  it('plain text about what it does not have', async () => {
    const { admin } = await startTestKubelet();
    const client = await admin();
    expect((await client.get('/nothing')).status).toBe(404);
    const post = await client.get('/containerLogs/ns/p/c', { method: 'POST' });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET']);
    for (const path of ['/exec/ns/p/c', '/attach/ns/p/c', '/portForward/ns/p']) {
      const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1' };
      expect(await client.get(path, { method: 'POST', headers })).toMatchObject({
        status: 501,
        body: expect.stringContaining('is not implemented on this node'),
      });
    }
  });

  it('of requests in its log, but never of queries, headers or tokens', async () => {
    const { client, everything } = await startTestKubelet();
    const headers = { authorization: 'Bearer good', 'x-header': 'secret-header' };
    await client().get('/pods?key=secret-query', { headers });
    await client().get('/pods', { headers: { authorization: 'Bearer secret-token' } });
    await vi.waitFor(() => expect(everything).toHaveLength(2));
    expect(everything[0]).toMatch(/"method":"GET","path":"\/pods","user":"alice","status":200/);
    expect(everything.join()).not.toContain('secret');
  });

  it('with requests as long as an exec command may be', async () => {
    const { admin } = await startTestKubelet();
    const query = `command=${'x'.repeat(900_000)}`;
    expect((await (await admin()).get(`/exec/ns/p/c?${query}`)).status).toBe(501);
  });
});

describe('startKubeletServer() ends', () => {
  it('with an error that names an address it cannot have', async () => {
    const { server } = await startTestKubelet();
    const taken = startTestKubelet({ port: server.port });
    await expect(taken).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${server.port}`),
    });
  });

  it('by close(), half-made connections too', async () => {
    const { server, admin } = await startTestKubelet();
    const client = await admin();
    await client.get('/healthz');
    const socket = await handshake(server.port);
    const ended = once(socket, 'close');
    await server.close();
    await ended;
    await expect(client.get('/healthz')).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN/) });
  });
});

async function handshake(port: number, options: object = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  return socket;
}

async function takeSession(port: number, pair: { cert: string; key: string }): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...pair });
  const [session] = await once(socket, 'session');
  socket.end();
  return session;
}
