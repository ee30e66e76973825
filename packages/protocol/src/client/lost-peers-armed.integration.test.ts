import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { HttpTarget } from './http-target.ts';

/** A server that answers, upgrades to anything, and speaks WebSocket at `/socket`. */
async function start() {
  const server = createServer((_request, response) => response.end('ok'));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/socket') sockets.handleUpgrade(request, socket, head, () => undefined);
    else socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const target = new HttpTarget({ url: `http://127.0.0.1:${port}` });
  const accepted = new Set<Socket>();
  server.on('connection', (socket) => accepted.add(socket));
  onTestFinished(async () => {
    await target.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  return { target, port };
}

/** Client ports of connections to this one on which a silent peer is found in half a minute, by what the kernel was told. */
function watchKeepAlive() {
  const told = vi.spyOn(Socket.prototype, 'setKeepAlive');
  onTestFinished(() => told.mockRestore());
  return (port: number) =>
    told.mock.calls.flatMap(([isOn, delayMs = Infinity, intervalMs = Infinity, count = Infinity], index) => {
      const socket = told.mock.contexts[index] as Socket;
      const isSoon = isOn === true && delayMs + intervalMs * count <= 30_000;
      return isSoon && socket.remotePort === port ? [socket.localPort] : [];
    });
}

const { signal } = new AbortController();

test('a connection of requests is one whose lost peer is found', async () => {
  const keptAlive = watchKeepAlive();
  const { target, port } = await start();
  for (const isStream of [false, true]) await (await target.send({ method: 'GET', path: '/', isStream })).body.dump();
  expect(new Set(keptAlive(port)).size).toBe(2);
});

test('a connection that was upgraded is one whose lost peer is found', async () => {
  const keptAlive = watchKeepAlive();
  const { target, port } = await start();
  const headers = { connection: 'Upgrade', upgrade: 'echo' };
  const { socket } = await target.upgrade({ path: '/', headers, signal });
  expect(socket?.localPort).toBeDefined();
  expect(keptAlive(port)).toEqual([socket?.localPort]);
  socket?.destroy();
});

test('a WebSocket is one whose lost peer is found', async () => {
  const keptAlive = watchKeepAlive();
  const { target, port } = await start();
  const webSocket = await target.openWebSocket({ path: '/socket', signal }, (socket) => socket);
  expect(keptAlive(port)).toHaveLength(1);
  webSocket.terminate();
});
