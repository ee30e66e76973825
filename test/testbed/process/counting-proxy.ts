import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Passes TCP connections on to one port of this machine, and keeps count of what its callers send, whatever they speak. */
export class CountingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #sentBytes = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(targetPort: number): Promise<CountingProxy> {
    const server = createServer();
    const proxy = new CountingProxy(server);
    server.on('connection', (caller) => proxy.#join(caller, connect(targetPort, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** By all callers so far. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(caller: Socket, target: Socket): void {
    caller.on('data', (chunk: Buffer) => {
      this.#sentBytes += chunk.length;
    });
    for (const socket of [caller, target]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
    }
    caller.pipe(target).on('close', () => caller.destroy());
    target.pipe(caller).on('close', () => target.destroy());
  }
}
