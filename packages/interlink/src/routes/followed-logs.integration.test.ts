import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';

const pods = '/v2/clusters/c1/nodes/n1/pods';
const log = `${pods}/u1/containers/c/log?follow=true`;

/** InterLink before a sidecar whose logs are as many bytes as a test says, or quiet ones that don't end. */
async function start(bytes: number) {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const written = { bytes: 0 };
  const sidecar = await startScriptedSidecar(({ url }, response) => {
    if (url === '/v2/capabilities') return { body: v2Capabilities };
    if (!url.includes('/log')) return { body: {} };
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    if (bytes === 0) return undefined;
    const chunks = function* () {
      for (; written.bytes < bytes; written.bytes += chunk.length) yield chunk;
    };
    Readable.from(chunks(), { objectMode: false, highWaterMark: 1 }).pipe(response);
    return undefined;
  });
  return { written, ...(await startInterLink(sidecar.port)) };
}

test('InterLink holds back a log that its reader does not take, and loses nothing of it', async () => {
  const total = 960 * 64 * 1024;
  const { target, written } = await start(total);
  const { body } = await target.send({ method: 'GET', path: log, isStream: true });
  for (let last = -1; last !== written.bytes; await delay(250)) last = written.bytes;
  // The buffers of the kernel's four sockets, and no more than that.
  expect(written.bytes).toBeLessThan(32_000_000);
  let received = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) received += chunk.length;
  expect(received).toBe(total);
});

test('logs that are followed keep no other request waiting, however many they are', async () => {
  const { target } = await start(0);
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const follow = async () => await target.send({ method: 'GET', path: log, isStream: true, signal: leave.signal });
  const followed = await Promise.all(Array.from({ length: 300 }, follow));
  for (const { body } of followed) body.on('error', () => undefined);
  const { statusCode, body } = await target.send({ method: 'PUT', path: `${pods}/u1`, body: '{}' });
  await body.dump();
  expect(statusCode).toBe(200);
});
