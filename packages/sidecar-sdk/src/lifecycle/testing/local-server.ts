import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Listens on loopback until the test is over, and returns the port. */
export async function listenLocally(server: Server, closing: Array<() => Promise<unknown>>): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/** A port of loopback on which nothing listens. */
export async function closedPort(): Promise<number> {
  const closing: Array<() => Promise<unknown>> = [];
  const port = await listenLocally(createServer(), closing);
  await closing[0]?.();
  return port;
}
