import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry's second address, which answers nothing until it is opened: a pull in the middle. */
export interface RegistryGate {
  /** As a registry's: the beginning of its images' names. */
  readonly address: string;
  /** Requests that wait for it to be opened. */
  readonly waiting: number;
  /** Lets those go on, and all that come. */
  open(): void;
  stop(): Promise<void>;
}

/** Stands before the registry of that address, closed. */
export async function startRegistryGate(registry: string): Promise<RegistryGate> {
  const gate = Promise.withResolvers<void>();
  let waiting = 0;
  const server = createServer(async (incoming, outgoing) => {
    waiting += 1;
    await gate.promise;
    waiting -= 1;
    const { method, url, headers } = incoming;
    const forwarded = request(`http://${registry}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get waiting() {
      return waiting;
    },
    open: () => gate.resolve(),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
