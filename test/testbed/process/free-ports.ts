import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Below `net.ipv4.ip_local_port_range` (ip(7)): the kernel gives none of these to who asks for any. */
const lowest = 20_000;
const highest = 30_000;

/**
 * Ports of this machine (of 127.0.0.1, unless told otherwise) that nothing listens on, all different. They are free when this returns, not reserved: whoever
 * listens on them must be ready to ask for others when one was taken in between.
 */
export async function findFreePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers: Server[] = [];
  try {
    // All are held open together, so that no port comes up twice.
    while (servers.length < count) {
      const server = await listenSomewhere(host);
      if (server !== undefined) servers.push(server);
    }
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Undefined when somebody listens there. */
async function listenSomewhere(host: string): Promise<Server | undefined> {
  const server = createServer().listen(randomInt(lowest, highest), host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
