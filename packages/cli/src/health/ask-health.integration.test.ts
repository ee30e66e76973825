import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askHealth } from './ask-health.ts';
import { showReadiness } from './show-readiness.ts';

/** A server that says what it was asked for. */
async function serve(status: number, where: ListenOptions): Promise<AddressInfo> {
  const server = createServer((request, response) => response.writeHead(status).end(`${request.url}\n`));
  onTestFinished(() => void server.close());
  server.listen(where);
  await once(server, 'listening');
  return server.address() as AddressInfo;
}

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'health-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  return join(folder, 'a.sock');
}

test('askHealth() asks over TCP, by the address of all interfaces, too', async () => {
  const { port } = await serve(401, { host: '127.0.0.1', port: 0 });
  for (const host of ['127.0.0.1', '0.0.0.0'])
    expect(await askHealth(`http://${host}:${port}`, '/healthz')).toEqual({
      status: 401,
      text: '/healthz\n',
      date: expect.any(String),
    });
});

test('askHealth() asks over a unix socket, and says when nobody listens there', async () => {
  const path = await socketPath();
  await expect(askHealth(`unix://${path}`, '/healthz')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`Nothing answers at unix://${path}: `),
  });
  await serve(200, { path });
  expect(await askHealth(`unix://${path}`, '/healthz')).toEqual({
    status: 200,
    text: '/healthz\n',
    date: expect.any(String),
  });
});

test('showReadiness() fails with what a process says that is not ready', async () => {
  const path = await socketPath();
  await serve(503, { path });
  await expect(showReadiness(`unix://${path}`)).rejects.toMatchObject({
    code: 'unavailable',
    message: `unix://${path} is not ready: /readyz?verbose`,
  });
});
