import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Hands TCP connections to several ports of this machine in turn, whatever they speak; one that refuses is passed over. */
export class TcpBalancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #targets: ReadonlyArray<number> = [];
  #turn = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param host the address that it listens on */
  static async start(host = '127.0.0.1'): Promise<TcpBalancer> {
    const server = createServer({ allowHalfOpen: true });
    const balancer = new TcpBalancer(server);
    server.on('connection', (caller) => balancer.#join(caller));
    server.listen(0, host);
    await once(server, 'listening');
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  balanceOver(ports: ReadonlyArray<number>): void {
    this.#targets = ports;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(caller: Socket): void {
    this.#keep(caller);
    this.#turn += 1;
    this.#tryNext(caller, this.#turn, this.#targets.length);
  }

  #tryNext(caller: Socket, turn: number, left: number): void {
    const port = this.#targets[turn % this.#targets.length];
    if (port === undefined || left === 0) return void caller.destroy();
    const target = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    target.once('error', () => this.#tryNext(caller, turn + 1, left - 1));
    target.once('connect', () => {
      target.removeAllListeners('error');
      this.#keep(target);
      caller.pipe(target).on('close', () => caller.destroy());
      target.pipe(caller).on('close', () => target.destroy());
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
  }
}
