import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a unix socket on another one, so that whoever listens there can go away and come back. */
export class SocketProxy {
  readonly path: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(path: string, target: string) {
    this.path = path;
    this.#server = createServer({ allowHalfOpen: true }, (caller) => {
      const called = connect({ path: target, allowHalfOpen: true });
      for (const [from, to] of [
        [caller, called],
        [called, caller],
      ] as const) {
        this.#sockets.add(from);
        from.once('error', () => to.destroy());
        from.once('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
  }

  static async start(path: string, target: string): Promise<SocketProxy> {
    const proxy = new SocketProxy(path, target);
    await proxy.up();
    return proxy;
  }

  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.path, resolve));
  }

  /** Connections break, and there is no socket any more. */
  async down(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
