import { createServer, type Server, type Socket } from 'node:net';
import { HttpTarget, type PodRequest } from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findFreePorts } from '../../../../test/testbed/process/free-ports.ts';
import { startScriptedSidecar } from '../testing/scripted-sidecar.ts';
import { type CreateOutcome, V1Client } from './v1-client.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const request: PodRequest = {
  pod: { metadata: { uid, namespace: 'ns', name: 'p' }, spec: { containers: [{ name: 'c', image: 'busybox' }] } },
  volumes: [],
};
const taken = { PodUID: uid, PodJID: '7' };

async function create(url: string, options: { createTimeoutMs?: number } = {}): Promise<CreateOutcome> {
  const target = new HttpTarget({ url });
  onTestFinished(async () => await target.close());
  return await new V1Client(target, options).create(request);
}

/** A peer on a real socket that reads a request to its end, and then does this with the connection. */
async function startPeer(then: (socket: Socket) => void) {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (!(text.length - text.indexOf('\r\n\r\n') - 4 >= length)) return;
      received.push(text);
      then(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, received };
}

test('V1Client.create() knows that nothing was sent where nobody listens', async () => {
  const [port] = await findFreePorts(1);
  expect(await create(`http://127.0.0.1:${port}`)).toMatchObject({ kind: 'unsent', error: { code: 'unavailable' } });
  expect(await create('unix:///nowhere/plugin.sock')).toMatchObject({ kind: 'unsent' });
});

test.each<[string, (socket: Socket) => void]>([
  ['hangs up', (socket) => socket.destroy()],
  ['resets the connection', (socket) => socket.resetAndDestroy()],
  ['ends without a word', (socket) => socket.end()],
  ['breaks off in its answer', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"PodUID"')],
  ['speaks no HTTP', (socket) => socket.end('done\r\n\r\n')],
])('V1Client.create() is unclear of a peer that takes the request and %s, and does not ask again', async (_, then) => {
  const { url, received } = await startPeer(then);
  expect((await create(url)).kind).toBe('unclear');
  expect(received).toHaveLength(1);
  expect(received[0]).toContain(uid);
});

test('V1Client.create() is unclear of a peer that takes the request and does not answer in time', async () => {
  const { url, received } = await startPeer(() => undefined);
  const outcome = await create(url, { createTimeoutMs: 50 });
  expect(outcome).toMatchObject({ kind: 'unclear', error: { code: 'deadline_exceeded' } });
  // On a machine that stopped meanwhile, it comes after that.
  await vi.waitFor(() => expect(received).toHaveLength(1));
});

const page = { body: '<html>upstream</html>', type: 'text/html' };
const problem = {
  body: { status: 503, code: 'unavailable', detail: 'down' },
  type: 'application/problem+json; charset=utf-8',
};

test.each<[string, { status?: number; body: unknown; type?: string }, CreateOutcome['kind']]>([
  ['200 and a job', { body: taken }, 'taken'],
  ['201 and a list of one', { status: 201, body: [taken] }, 'taken'],
  ['200 and nothing', { body: '' }, 'unclear'],
  ['200 and no JSON', { body: 'submitted' }, 'unclear'],
  ['408', { status: 408, ...page }, 'unclear'],
  ['499', { status: 499, ...page }, 'unclear'],
  ['502 of a proxy', { status: 502, ...page }, 'unclear'],
  ['503 of a proxy', { status: 503, body: 'upstream connect error', type: 'text/plain' }, 'unclear'],
  ['503 of an InterLink', { status: 503, ...problem }, 'refused'],
  ['504 of a proxy', { status: 504, ...page }, 'unclear'],
  ['400', { status: 400, body: 'no GPUs here' }, 'refused'],
  ['403', { status: 403, body: '' }, 'refused'],
  ['404', { status: 404, body: '404 page not found' }, 'refused'],
  ['429', { status: 429, body: '' }, 'refused'],
  ['500', { status: 500, body: 'sbatch: error: invalid partition' }, 'refused'],
  ['501', { status: 501, body: '' }, 'refused'],
])('V1Client.create() of a peer that answers %s', async (_, answer, kind) => {
  const { url, port, seen } = await startScriptedSidecar(() => answer);
  expect((await create(`${url}:${port}`)).kind).toBe(kind);
  expect(seen).toHaveLength(1);
});
