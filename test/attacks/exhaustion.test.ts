import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpTarget, PodClient } from '@interlink/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AttackedSite, owner, podPath, podRequest, uid } from './attacked-site.ts';

const gibibyte = 1024 ** 3;
/** What an attack of a gibibyte may add to the most that either process has used: a body's limit is 8 MiB, buffers are smaller. */
const maxGrownMiB = 128;
const { signal: never } = new AbortController();

let site: AttackedSite;
let target: HttpTarget;
let client: PodClient;
let before = 0;
beforeAll(async () => {
  site = await AttackedSite.start();
  target = await site.caller();
  client = new PodClient(target, owner);
  await client.createPod(podRequest());
});
afterAll(async () => {
  await target?.close();
  await site?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  before = await site.peakMiB();
});
afterEach(async () => {
  expect((await site.peakMiB()) - before).toBeLessThan(maxGrownMiB);
  expect((await client.listPods()).map((pod) => pod.uid)).toEqual([uid]);
});

test.each([
  ['InterLink', () => site.interLinkPort, false],
  ['InterLink, which is told its length,', () => site.interLinkPort, true],
  ['a sidecar', () => site.sidecarPort, false],
])('a body of 1 GiB to %s is refused by 413, and is read to its limit only', async (_name, port, isTold) => {
  const { status, sentBytes } = await pour(port(), isTold);
  expect(status).toBe(413);
  expect(sentBytes).toBeLessThan(gibibyte / 8);
});

/** Sends as much of a body of 1 GiB as is taken before the answer. */
async function pour(port: number, isTold: boolean): Promise<{ status: number; sentBytes: number }> {
  const length = isTold ? { 'content-length': String(gibibyte) } : {};
  const headers = { authorization: `Bearer ${await site.token()}`, 'content-type': 'application/json', ...length };
  const call = request({ port, host: '127.0.0.1', method: 'PUT', path: podPath, headers });
  const chunk = Buffer.alloc(256 * 1024, ' ');
  return await new Promise((resolve, reject) => {
    let status: number | undefined;
    let sentBytes = 0;
    const write = (): void => {
      if (status !== undefined || call.destroyed || sentBytes >= gibibyte) return;
      sentBytes += chunk.length;
      call.write(chunk, write);
    };
    call.on('response', (answer) => {
      status = answer.statusCode ?? 0;
      answer.resume();
      resolve({ status, sentBytes });
      call.destroy();
    });
    call.on('error', (error) => (status === undefined ? reject(error) : undefined));
    write();
  });
}

test('a ConfigMap of 100,000 keys is a volume like any other', async () => {
  const files = Array.from({ length: 100_000 }, (_, index) => ({ path: `key-${index}`, mode: 0o644, data: '' }));
  const request = podRequest();
  await client.createPod({ ...request, volumes: [{ name: 'config', files }] });
});

test('10,000 clients that never end their request are hung up on but for some, and others are served', async () => {
  const count = Math.min(10_000, Math.floor((await openFilesLimit()) / 2));
  const sockets: Socket[] = [];
  let closed = 0;
  for (let index = 0; index < count; index += 1) {
    const socket = connect(site.interLinkPort, '127.0.0.1');
    socket.on('error', () => undefined).on('close', () => (closed += 1));
    socket.write('PUT /v2/clusters/c1/nodes/n1/pods HTTP/1.1\r\nhost: x\r\nx-slow: ');
    sockets.push(socket);
    if (index % 1_000 === 999) await client.listPods();
  }
  await expect.poll(() => closed, { timeout: 60_000 }).toBeGreaterThanOrEqual(count - 256);
  for (const socket of sockets) socket.destroy();
});

/** Of this process, whose children have the same: proc(5), `limits`. */
async function openFilesLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1]);
}

test('output of 1 GiB that nobody reads waits in the command', async () => {
  const command = ['head', '-c', String(gibibyte), '/dev/zero'];
  const running = await client.exec(
    uid,
    'c',
    { stdin: false, stdout: true, stderr: false, tty: false, command },
    never,
  );
  await nobodyReads(running.stdout as Readable);
  running.close();
});

test('a log of a gigabyte a second that nobody reads waits in the sidecar', async () => {
  const log = await client.logs(uid, 'c', { follow: true }, never);
  await nobodyReads(log);
  log.on('error', () => undefined).destroy();
});

/** Reads the first piece, and for two seconds no other: as long as either process would take for a gibibyte, or longer. */
async function nobodyReads(stream: Readable): Promise<void> {
  await once(stream, 'readable');
  expect((stream.read() as Buffer).length).toBeGreaterThan(1_000);
  for (let index = 0; index < 20; index += 1) {
    await client.listPods();
    await sleep(100);
  }
  expect(stream.readableEnded).toBe(false);
}
