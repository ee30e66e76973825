import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { count, owner, startStreamingSidecar, uid } from '../testing/streaming-sidecar.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';

const all = { stdin: true, stdout: true, stderr: true, tty: false };
const { signal: never } = new AbortController();
const streamPath = `/v2/clusters/c1/nodes/n1/pods/${uid}/containers/c/exec?command=cat&stdout=true`;

/** A client of InterLink before a sidecar that plays commands. */
async function start() {
  const sidecar = await startStreamingSidecar();
  const { target, socketPath } = await startInterLink(sidecar.port);
  return { sidecar, target, socketPath, client: new PodClient(target, owner) };
}

test('InterLink passes a command through: output, end-of-file, exit code, and its own token', async () => {
  const { client, sidecar } = await start();
  const cat = await client.exec(uid, 'c', { ...all, command: ['cat'] }, never);
  cat.stdin?.end('input');
  expect(await text(cat.stdout as Readable)).toBe('input');
  const exit = await client.exec(uid, 'c', { ...all, command: ['exit', '9'] }, never);
  expect(await exit.ended).toEqual({ exitCode: 9 });
  expect(new Set(sidecar.shown)).toEqual(new Set(['Bearer the-account-token']));
});

test('InterLink passes 20 MB both ways, whole', async () => {
  const { client } = await start();
  const cat = await client.exec(uid, 'c', { ...all, command: ['cat'] }, never);
  const sent = randomBytes(20_000_000);
  cat.stdin?.end(sent);
  const received = await buffer(cat.stdout as Readable);
  expect(createHash('sha256').update(received).digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
});

test('InterLink holds back what a slow reader does not take, and loses nothing', async () => {
  const { client, sidecar } = await start();
  const total = 100_000_000;
  const fill = await client.exec(uid, 'c', { ...all, command: ['fill', String(total)] }, never);
  for (let last = -1; last !== sidecar.filled.bytes; await delay(250)) last = sidecar.filled.bytes;
  // The client's megabyte and the buffers of the kernel's four sockets.
  expect(sidecar.filled.bytes).toBeLessThan(32_000_000);
  expect(await count(fill.stdout)).toBe(total);
  expect(await fill.ended).toEqual({ exitCode: 0 });
});

test('InterLink closes both sides when either vanishes', async () => {
  const { client, sidecar, target } = await start();
  await client.exec(uid, 'c', { ...all, command: ['wait'] }, never);
  expect(sidecar.running.size).toBe(1);
  await target.close();
  await vi.waitFor(() => expect(sidecar.running.size).toBe(0), 10_000);
});

test('a command that reads nothing is left, too, when its caller vanishes with its hands full', async () => {
  const { client, sidecar, target } = await start();
  const wait = await client.exec(uid, 'c', { ...all, command: ['wait'] }, never);
  for (let chunk = 0; chunk < 200; chunk += 1) wait.stdin?.write(Buffer.alloc(64 * 1024));
  // Until what is sent is stuck on every hop.
  await delay(500);
  await target.close();
  await vi.waitFor(() => expect(sidecar.running.size).toBe(0), 20_000);
});

test('InterLink ends its callers’ streams when the sidecar stops', async () => {
  const { client, sidecar } = await start();
  const wait = await client.exec(uid, 'c', { ...all, command: ['wait'] }, never);
  const port = await client.portForward(uid, 80, never);
  const broken = new Promise((resolve) => port.once('error', resolve));
  await sidecar.stop();
  expect(await wait.ended).toMatchObject({ error: { code: 'unavailable' } });
  expect(await broken).toMatchObject({ code: 'unavailable' });
});

test('InterLink that stops ends the streams of both sides', async () => {
  const sidecar = await startStreamingSidecar();
  const { target, stop } = await startInterLink(sidecar.port);
  const client = new PodClient(target, owner);
  const wait = await client.exec(uid, 'c', { ...all, command: ['wait'] }, never);
  await stop();
  expect(await wait.ended).toMatchObject({ error: { code: 'unavailable' } });
  await vi.waitFor(() => expect(sidecar.running.size).toBe(0), 10_000);
});

test('InterLink passes a forwarded port through, with the half-close of each side', async () => {
  const { client } = await start();
  const connection = await client.portForward(uid, 80, never);
  connection.end('echo');
  expect(await text(connection)).toBe('echo');
});

test('InterLink passes refusals on as they are', async () => {
  const { client } = await start();
  const command = { ...all, command: ['cat'] };
  await expect(client.exec(uid, 'other', command, never)).rejects.toMatchObject({ code: 'not_found' });
  await expect(client.attach(uid, 'c', all, never)).rejects.toMatchObject({ code: 'unimplemented' });
  await expect(client.stats()).rejects.toMatchObject({ code: 'unimplemented' });
  await expect(client.exec(uid, 'c', { ...all, command: [] }, never)).rejects.toMatchObject({
    code: 'invalid_argument',
  });
  await expect(client.portForward(uid, 1, never)).rejects.toMatchObject({ message: 'connection refused' });
});

test.each([
  ['another path', '/v2/clusters/c1/nodes/n1/pods?watch=true', 404],
  ['no owner', '/v2/clusters/c1/nodes/UPPER_case/pods/u/portforward', 400],
])('InterLink refuses by itself to upgrade %s', async (_what, path, status) => {
  const { target, sidecar } = await start();
  await expect.poll(() => sidecar.shown.length).toBe(1);
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const { socket, response } = await target.upgrade({ path, headers, signal: never });
  expect([socket, response.statusCode, sidecar.shown.length]).toEqual([undefined, status, 1]);
  response.resume();
});

test('InterLink lets no stream in without the token', async () => {
  const sidecar = await startStreamingSidecar();
  const { url } = await startInterLink(sidecar.port, { isTcp: true });
  const stranger = new HttpTarget({ url, token: async () => 'wrong' });
  const friend = new HttpTarget({ url, token: async () => 'the-account-token' });
  onTestFinished(async () => void (await Promise.all([stranger.close(), friend.close()])));
  const command = { ...all, command: ['exit', '0'] };
  const refused = new PodClient(stranger, owner).exec(uid, 'c', command, never);
  await expect(refused).rejects.toMatchObject({ code: 'unauthenticated' });
  const letIn = await new PodClient(friend, owner).exec(uid, 'c', command, never);
  expect(await letIn.ended).toEqual({ exitCode: 0 });
});

test('InterLink answers 501 with the reason before a v1 plugin', async () => {
  const plugin = await startV1Plugin();
  const { target } = await startInterLink(plugin.port);
  const client = new PodClient(target, owner);
  const request = {
    pod: { metadata: { uid, namespace: 'ns', name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    volumes: [],
  };
  await client.createPod(request);
  await vi.waitFor(async () => {
    const [pod] = await client.listPods();
    expect(pod?.status.containerStatuses[0]?.state.running).toBeDefined();
  }, 10_000);
  const cannot = { code: 'unimplemented', message: expect.stringContaining('"interlink-v1" can\'t') };
  await expect(client.exec(uid, 'c', { ...all, command: ['cat'] }, never)).rejects.toMatchObject(cannot);
  await expect(client.portForward(uid, 80, never)).rejects.toMatchObject(cannot);
  await expect(client.stats()).rejects.toMatchObject(cannot);
});

test('InterLink hangs up on the sidecar when the caller leaves before the answer', async () => {
  const closed: string[] = [];
  const sidecar = await startScriptedSidecar(({ url }, response) => {
    if (url === '/v2/capabilities') return { body: v2Capabilities };
    response.once('close', () => closed.push(url));
    return undefined;
  });
  const { target } = await startInterLink(sidecar.port);
  const stop = new AbortController();
  const waiting = new PodClient(target, owner).portForward(uid, 80, stop.signal);
  const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await vi.waitFor(() => expect(sidecar.seen.at(-1)?.url).toContain('portforward'), 10_000);
  stop.abort();
  await refused;
  await vi.waitFor(() => expect(closed).toHaveLength(1), 10_000);
});

test('InterLink survives a caller that resets the connection at any moment', async () => {
  const { socketPath, client, sidecar } = await start();
  const lines = [`GET ${streamPath} HTTP/1.1`, 'host: x', 'connection: Upgrade', 'upgrade: websocket'];
  const handshake = [
    ...lines,
    'sec-websocket-version: 13',
    `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
    'sec-websocket-protocol: v5.channel.k8s.io',
  ].join('\r\n');
  for (const waitMs of [0, 1, 2, 5, 10, 20]) {
    const socket = connect(socketPath);
    socket.write(`${handshake}\r\n\r\n`);
    await delay(waitMs);
    socket.destroy();
  }
  await vi.waitFor(() => expect(sidecar.running.size).toBe(0), 10_000);
  const exit = await client.exec(uid, 'c', { ...all, command: ['exit', '0'] }, never);
  expect(await exit.ended).toEqual({ exitCode: 0 });
});

test('InterLink passes 200 execs at once', async () => {
  const { client, sidecar } = await start();
  const codes = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const command = await client.exec(uid, 'c', { ...all, command: ['exit', String(index)] }, never);
      return await command.ended;
    }),
  );
  expect(codes).toEqual(Array.from({ length: 200 }, (_, exitCode) => ({ exitCode })));
  expect(sidecar.running.size).toBe(0);
});
