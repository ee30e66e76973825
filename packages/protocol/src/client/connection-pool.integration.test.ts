import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HttpTarget } from './http-target.ts';

/** A server that counts its connections and streams until it is told to end. */
async function start(atMost?: number) {
  const connections = new Set<Socket>();
  const streams: ServerResponse[] = [];
  const server: Server = createServer((request, response) => {
    if (request.url === '/stream') {
      response.write('one');
      streams.push(response);
    } else response.end('ok');
  }).listen(0, '127.0.0.1');
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let tls = {};
  const target = new HttpTarget({ url, connections: atMost, tls: async () => tls });
  onTestFinished(async () => {
    await target.close();
    server.closeAllConnections();
    server.close();
  });
  const ask = async (path: string) => (await target.send({ method: 'GET', path })).body;
  return { ask, target, connections, streams, renew: () => (tls = {}) };
}

test('HttpTarget keeps a connection while its TLS is the same, and makes another one for new TLS', async () => {
  const { ask, connections, renew } = await start(1);
  for (const _ of [1, 2]) expect(await (await ask('/')).text()).toBe('ok');
  const [first] = connections;
  expect(connections.size).toBe(1);
  renew();
  expect(await (await ask('/')).text()).toBe('ok');
  await expect.poll(() => [...connections].includes(first as Socket)).toBe(false);
  expect(connections.size).toBe(1);
});

test('HttpTarget lets a stream go on under former TLS, until its end or until it is closed itself', async () => {
  const { ask, target, connections, streams, renew } = await start();
  const [ending, staying] = [await ask('/stream'), await ask('/stream')];
  renew();
  expect(await (await ask('/')).text()).toBe('ok');
  streams[0]?.end('two');
  expect(await ending.text()).toBe('onetwo');
  await expect.poll(() => connections.size).toBe(2);
  const broken = expect(staying.text()).rejects.toThrow();
  await target.close();
  await broken;
  await expect.poll(() => connections.size).toBe(0);
});

test('HttpTarget sends nothing after it was closed', async () => {
  const { ask, target, connections } = await start();
  await target.close();
  await expect(ask('/')).rejects.toMatchObject({ code: 'unavailable', message: 'The client is closed' });
  expect(connections.size).toBe(0);
});
