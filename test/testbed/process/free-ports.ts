import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * Ports of this machine (of 127.0.0.1, unless told otherwise) that nothing listens on, all different. They are free when this returns, not reserved: whoever
 * listens on them must be ready to ask for others when one was taken in between.
 */
export async function findFreePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers: Server[] = [];
  try {
    // All are held open together, so that no port comes up twice.
    for (let index = 0; index < count; index += 1) {
      const server = createServer().listen(0, host);
      servers.push(server);
      await once(server, 'listening');
    }
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
