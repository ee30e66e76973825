import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections on which nobody has been let in yet. Of those from one address the oldest is closed when there are too many: whoever has
 * something to show has shown it by then. Unix sockets have no address, and are not counted.
 */
export class Strangers {
  readonly #perAddress: number;
  /** By address and port: a TLS connection is another object than the one under it. */
  readonly #byAddress = new Map<string, Map<number, Socket>>();

  /** @param perAddress 0 for no limit */
  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  /** Counts the connections of this server. */
  watch(server: Server): void {
    if (this.#perAddress === 0) return;
    server.on('connection', (socket) => this.#add(socket));
  }

  /** Somebody was let in on this connection. */
  letIn({ remoteAddress, remotePort }: Socket): void {
    this.#remove(remoteAddress, remotePort);
  }

  #add(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) return;
    const sockets = this.#byAddress.get(remoteAddress) ?? new Map<number, Socket>();
    this.#byAddress.set(remoteAddress, sockets.set(remotePort, socket));
    socket.once('close', () => this.#remove(remoteAddress, remotePort));
    const [oldest] = sockets.values();
    if (sockets.size > this.#perAddress) oldest?.destroy();
  }

  #remove(address: string | undefined, port: number | undefined): void {
    if (address === undefined || port === undefined) return;
    const sockets = this.#byAddress.get(address);
    sockets?.delete(port);
    if (sockets?.size === 0) this.#byAddress.delete(address);
  }
}
