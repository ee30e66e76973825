import type { Socket } from 'node:net';

type Bytes = { readonly received: number; readonly sent: number };

/** What came and went on the connections to one peer, those that have ended too. */
export class ConnectionBytes {
  readonly #open = new Set<Socket>();
  #ofEnded: Bytes = { received: 0, sent: 0 };

  add(socket: Socket): void {
    if (this.#open.has(socket)) return;
    this.#open.add(socket);
    socket.once('close', () => {
      this.#ofEnded = plus(this.#ofEnded, socket);
      this.#open.delete(socket);
    });
  }

  total(): Bytes {
    return [...this.#open].reduce(plus, this.#ofEnded);
  }
}

function plus({ received, sent }: Bytes, { bytesRead, bytesWritten }: Socket): Bytes {
  return { received: received + bytesRead, sent: sent + bytesWritten };
}
