import { once } from 'node:events';
import { request } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { renderReset } from '../streaming/spdy/frames.ts';
import { SpdyClient } from '../streaming/spdy/testing/spdy-client.ts';
import { LocalProvider } from './testing/local-provider.ts';
import { startTestKubelet, type TestKubelet } from './testing/start-kubelet.ts';

let kubelet: TestKubelet;
let provider: LocalProvider;
let tls: { cert: string; key: string };

async function start(options: Parameters<typeof startTestKubelet>[0] = {}) {
  provider = new LocalProvider();
  kubelet = await startTestKubelet({ streams: provider, ...options });
  tls = await kubelet.ca.issue({ user: 'admin', groups: ['system:masters'] });
}

const upgrade = { connection: 'Upgrade', upgrade: 'SPDY/3.1' };
const versions = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io'];

/** Sends a request for an upgrade. @returns the answer, or the client that it was upgraded to */
async function ask(path: string, { method = 'POST', offered = versions, headers = {} } = {}) {
  const asked = request({
    ...{ host: '127.0.0.1', port: kubelet.server.port, path, method, ...tls, rejectUnauthorized: false, agent: false },
    headers: { ...upgrade, ...(offered.length > 0 ? { 'X-Stream-Protocol-Version': offered } : {}), ...headers },
  }).end();
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    body: string;
    client?: SpdyClient;
    protocol?: unknown;
  }>();
  asked.once('error', reject);
  asked.once('response', async (answer) => resolve({ status: answer.statusCode ?? 0, body: await text(answer) }));
  asked.once('upgrade', (answer, socket: Socket, head) => {
    if (head.length > 0) socket.unshift(head);
    onTestFinished(() => void socket.destroy());
    resolve({
      status: 101,
      body: '',
      client: new SpdyClient(socket),
      protocol: answer.headers['x-stream-protocol-version'],
    });
  });
  return await promise;
}

async function upgraded(path: string, options?: Parameters<typeof ask>[1]): Promise<SpdyClient> {
  const { client, body } = await ask(path, options);
  if (client === undefined) throw new Error(body);
  return client;
}

const shell = (script: string) => `/exec/ns/p/c?command=sh&command=-c&command=${encodeURIComponent(script)}`;

describe('exec over SPDY', () => {
  beforeEach(() => start());

  it('is refused with an ordinary answer', async () => {
    const cases = [
      ['/exec/ns/absent/c?command=ls&output=1', {}, 404, 'pod does not exist'],
      ['/exec/ns/p/other-uid/c?command=ls&output=1', {}, 404, 'pod does not exist'],
      ['/exec/ns/p/none?command=ls&output=1', {}, 404, 'container not found ("none")'],
      ['/exec/ns/p/c?command=ls', {}, 400, 'you must specify at least 1 of stdin, stdout, stderr'],
      ['/exec/ns/p/c?output=1', {}, 400, 'you must specify a command'],
      ['/exec/ns/p/c?command=ls&output=1', { offered: [] }, 400, 'unable to upgrade: header X-Stream-Protocol-Version'],
      ['/exec/ns/p/c?command=ls&output=1', { offered: ['v9'] }, 403, 'server accepts [v4.channel.k8s.io'],
      ['/exec/ns/p/c?command=ls&output=1', { headers: { upgrade: 'h2c' } }, 400, 'Upgrade request required'],
      ['/portForward/ns/absent', {}, 404, 'pod does not exist'],
      ['/nothing', {}, 404, '404 page not found'],
    ] as const;
    for (const [path, options, status, body] of cases) {
      expect(await ask(path, options as object), path).toEqual({ status, body: expect.stringContaining(body) });
    }
    const admin = await kubelet.admin();
    expect(await admin.get('/exec/ns/p/c?command=ls&output=1')).toMatchObject({
      status: 400,
      body: 'Upgrade request required',
    });
  });

  it('is refused to who may only read, however it is asked for', async () => {
    const asAlice = { authorization: 'Bearer good' };
    tls = { cert: '', key: '' };
    for (const method of ['GET', 'POST']) {
      const answer = await ask('/exec/ns/p/c?command=ls&output=1', { method, headers: asAlice });
      expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('verb=create') });
    }
    expect(await ask('/exec/ns/p/c?command=ls&output=1')).toMatchObject({ status: 401 });
    expect(provider.running).toBe(0);
  });

  it('takes the first protocol that both have, and both forms of the path', async () => {
    expect(await ask(`${shell('true')}&output=1`)).toMatchObject({ status: 101, protocol: 'v4.channel.k8s.io' });
    expect(await ask('/exec/ns/p/u/c?command=true&output=1', { method: 'GET' })).toMatchObject({ status: 101 });
  });

  it('sends outputs and their ends, then the status, then goodbye', async () => {
    const client = await upgraded(`${shell('echo out; echo err >&2; exit 3')}&output=1&error=1`);
    const error = await client.open({ streamtype: 'error' });
    const stdout = await client.open({ streamtype: 'stdout' });
    const stderr = await client.open({ streamtype: 'stderr' });
    await vi.waitFor(() => expect(client.isOver).toBe(true));
    expect([client.received(stdout), client.received(stderr)]).toEqual(['out\n', 'err\n']);
    expect(JSON.parse(client.received(error)).details.causes[0].message).toBe('3');
    const last = (streamId: number) =>
      client.frames.findIndex((frame) => frame.kind === 'data' && frame.streamId === streamId && frame.isLast);
    expect(last(error)).toBeGreaterThan(Math.max(last(stdout), last(stderr)));
    expect(client.frames.at(-1)).toEqual({ kind: 'goAway' });
  });

  it('ends the command’s input with the client’s half, and reads on', async () => {
    const client = await upgraded(`${shell('cat; echo end')}&input=1&output=1`);
    await client.open({ streamtype: 'error' });
    const stdin = await client.open({ streamtype: 'stdin' });
    const stdout = await client.open({ streamtype: 'stdout' });
    client.send(stdin, 'there and back\n');
    client.send(stdin, '', { isLast: true });
    await vi.waitFor(() => expect(client.received(stdout)).toBe('there and back\nend\n'));
  });

  it('refuses streams that were not asked for', async () => {
    const client = await upgraded(`${shell('sleep 1000')}&output=1`);
    const ids: number[] = [];
    for (const streamtype of ['stdin', 'resize', 'error', 'error', 'nonsense'])
      ids.push(await client.open({ streamtype }));
    await vi.waitFor(() =>
      expect(ids.map((id) => client.has('rstStream', id))).toEqual([true, true, false, true, true]),
    );
  });

  it('drains a command’s input that nobody reads any more', async () => {
    const client = await upgraded(`${shell('exec <&-; sleep 0.2; echo done')}&input=1&output=1`);
    await client.open({ streamtype: 'error' });
    const stdin = await client.open({ streamtype: 'stdin' });
    const stdout = await client.open({ streamtype: 'stdout' });
    for (let count = 0; count < 400; count += 1) client.send(stdin, Buffer.alloc(32_000));
    await vi.waitFor(() => expect(client.received(stdout)).toBe('done\n'), { timeout: 10_000 });
  });

  it('hangs up on the command of a client who vanishes', async () => {
    const client = await upgraded(`${shell('sleep 1000')}&input=1&output=1`);
    for (const streamtype of ['error', 'stdin', 'stdout']) await client.open({ streamtype });
    await vi.waitFor(() => expect(provider.running).toBe(1));
    client.socket.destroy();
    await vi.waitFor(() => expect(provider.running).toBe(0));
  });

  it('ends with the server', async () => {
    const client = await upgraded(`${shell('sleep 1000')}&output=1`);
    for (const streamtype of ['error', 'stdout']) await client.open({ streamtype });
    await vi.waitFor(() => expect(provider.running).toBe(1));
    await kubelet.server.close();
    await vi.waitFor(() => expect([provider.running, client.isOver]).toEqual([0, true]));
  });
});

describe('streams over SPDY', () => {
  it('end when they are not all opened in time', async () => {
    await start({ streamTimeouts: { creationTimeoutMs: 50, idleTimeoutMs: 60_000 } });
    const client = await upgraded(`${shell('true')}&output=1`);
    await client.open({ streamtype: 'error' });
    await vi.waitFor(() => expect(client.isOver).toBe(true));
    const ports = await upgraded('/portForward/ns/p', { offered: ['portforward.k8s.io'] });
    const half = await ports.open({ streamtype: 'error', port: '80', requestid: '0' });
    await vi.waitFor(() => expect(ports.has('rstStream', half)).toBe(true));
  });
});

describe('port-forward over SPDY', () => {
  beforeEach(() => start());

  const offered = ['portforward.k8s.io'];
  async function connection(client: SpdyClient, port: number, requestid: string | undefined) {
    const headers = { port: String(port), ...(requestid === undefined ? {} : { requestid }) };
    const error = await client.open({ streamtype: 'error', ...headers }, { isLast: true });
    const data = await client.open({ streamtype: 'data', ...headers });
    return { error, data };
  }

  it.each(['7', undefined])('joins streams of request id %j', async (requestId) => {
    const port = await startServer((socket) => socket.pipe(socket));
    const client = await upgraded('/portForward/ns/p', { offered });
    const { error, data } = await connection(client, port, requestId);
    client.send(data, 'there and back', { isLast: true });
    await vi.waitFor(() => expect([client.isFinished(data), client.isFinished(error)]).toEqual([true, true]));
    expect([client.received(data), client.received(error)]).toEqual(['there and back', '']);
  });

  it('ends both streams with what the pod sends, whatever the client does', async () => {
    const port = await startServer((socket) => socket.end('bye'));
    const client = await upgraded('/portForward/ns/p/u', { offered });
    const { error, data } = await connection(client, port, '0');
    await vi.waitFor(() => expect([client.isFinished(data), client.isFinished(error)]).toEqual([true, true]));
    expect(client.received(data)).toBe('bye');
  });

  it('tells why a port can’t be reached, and goes on', async () => {
    const client = await upgraded('/portForward/ns/p', { offered });
    const { error, data } = await connection(client, 1, '0');
    await vi.waitFor(() => expect([client.isFinished(data), client.isFinished(error)]).toEqual([true, true]));
    expect(client.received(error)).toBe('error forwarding port 1 to pod p_ns, uid u: connect ECONNREFUSED 127.0.0.1:1');
    expect(client.isOver).toBe(false);
  });

  it('ends a connection that the client resets, and its error stream', async () => {
    const port = await startServer((socket) => socket.write('hello'));
    const client = await upgraded('/portForward/ns/p', { offered });
    const { error, data } = await connection(client, port, '0');
    await vi.waitFor(() => expect(client.received(data)).toBe('hello'));
    client.socket.write(renderReset(data, 5));
    await vi.waitFor(() => expect([provider.connections, client.isFinished(error)]).toEqual([0, true]));
  });

  it('refuses what is no half of a connection', async () => {
    const client = await upgraded('/portForward/ns/p', { offered });
    const ids = [
      await client.open({ streamtype: 'data', port: '0', requestid: '0' }),
      await client.open({ streamtype: 'stdin', port: '80', requestid: '0' }),
      await client.open({ streamtype: 'data', requestid: '0' }),
    ];
    await client.open({ streamtype: 'error', port: '80', requestid: '9' });
    ids.push(await client.open({ streamtype: 'error', port: '80', requestid: '9' }));
    ids.push(await client.open({ streamtype: 'data', port: '81', requestid: '9' }));
    await vi.waitFor(() =>
      expect(ids.map((id) => client.has('rstStream', id))).toEqual([true, true, true, true, true]),
    );
  });

  it('closes the pod’s connections when the client is gone', async () => {
    const port = await startServer(() => undefined);
    const client = await upgraded('/portForward/ns/p', { offered });
    for (const id of ['0', '1', '2']) await connection(client, port, id);
    await vi.waitFor(() => expect(provider.connections).toBe(3));
    client.socket.destroy();
    await vi.waitFor(() => expect(provider.connections).toBe(0));
  });
});

async function startServer(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    serve(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
