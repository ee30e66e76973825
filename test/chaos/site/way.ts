import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../plan/random.ts';

type Address = { readonly port: number } | { readonly path: string };

/** One way between two of the processes, on which bytes get lost; whoever calls goes in turn to one of those that listen behind it. */
export class Way {
  targets: ReadonlyArray<Address> = [];
  /** Of each piece of data. */
  delayMs = 0;
  /** The part of all pieces at which the connection is reset instead, and what says which. */
  resets: { readonly share: number; readonly random: Random } | undefined;
  /** The same for what comes back to the caller alone. */
  lostAnswers: { readonly share: number; readonly random: Random } | undefined;
  readonly #server: Server;
  readonly #open = new Set<Passage>();
  #listen: Address;
  #cuts = 0;
  #silences = 0;
  #turn = 0;

  private constructor(listen: Address) {
    this.#listen = listen;
    this.#server = createServer({ allowHalfOpen: true }, (caller) => this.#take(caller));
  }

  /** @param listen a path, or port 0 for any port of loopback */
  static async open(listen: Address): Promise<Way> {
    const way = new Way(listen);
    await way.#begin();
    return way;
  }

  get port(): number {
    return 'port' in this.#listen ? this.#listen.port : 0;
  }

  /** Connections break and new ones are refused. @returns what mends it */
  async cut(): Promise<() => Promise<void>> {
    this.#cuts += 1;
    if (this.#cuts === 1) {
      const closed = once(this.#server, 'close');
      this.#server.close();
      this.breakAll();
      await closed;
    }
    return async () => {
      this.#cuts -= 1;
      if (this.#cuts === 0) await this.#begin();
    };
  }

  /**
   * The far side loses its connections, and the caller hears nothing: neither of that nor of anything that it sends, by old or by new
   * connections. @returns what ends it: what was silent is reset, as a peer does that knows no such connection
   */
  silence(): () => void {
    this.#silences += 1;
    for (const passage of this.#open) passage.forget();
    return () => {
      this.#silences -= 1;
      if (this.#silences === 0) for (const passage of this.#open) if (passage.isForgotten) passage.reset();
    };
  }

  breakAll(): void {
    for (const passage of this.#open) passage.reset();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.breakAll();
  }

  async #begin(): Promise<void> {
    const where = 'port' in this.#listen ? { ...this.#listen, host: '127.0.0.1' } : this.#listen;
    this.#server.listen(where);
    await once(this.#server, 'listening');
    if ('port' in this.#listen) this.#listen = { port: (this.#server.address() as AddressInfo).port };
  }

  #take(caller: Socket): void {
    const passage = new Passage(caller, this);
    this.#open.add(passage);
    caller.on('close', () => this.#open.delete(passage));
    if (this.#silences > 0) return void passage.forget();
    this.#turn += 1;
    const order = this.targets.map((_, index) => this.targets[(this.#turn + index) % this.targets.length]);
    passage.join(order.filter((target) => target !== undefined));
  }
}

/** One connection on a way. */
class Passage {
  readonly #caller: Socket;
  readonly #way: Way;
  #called: Socket | undefined;
  isForgotten = false;

  constructor(caller: Socket, way: Way) {
    this.#caller = caller;
    this.#way = way;
    caller.on('error', () => caller.destroy());
    caller.on('close', () => this.#called?.destroy());
  }

  /** Goes to the first of them that listens. */
  join([target, ...others]: ReadonlyArray<Address>): void {
    if (target === undefined) return void this.#caller.destroy();
    const called = connect({ ...target, host: '127.0.0.1', allowHalfOpen: true } as NetConnectOpts);
    this.#called = called;
    const next = () => this.join(others);
    called.once('error', next);
    called.once('connect', () => {
      called.off('error', next);
      called.on('error', () => called.destroy());
      called.on('close', () => this.isForgotten || this.#caller.destroy());
      void this.#carry(this.#caller, called);
      void this.#carry(called, this.#caller);
    });
  }

  forget(): void {
    this.isForgotten = true;
    this.#called?.destroy();
    this.#caller.resume();
  }

  reset(): void {
    this.#called?.destroy();
    if (this.#caller.remotePort === undefined) this.#caller.destroy();
    else this.#caller.resetAndDestroy();
  }

  /** Each piece arrives `delayMs` after it was sent, in order. */
  #carry(from: Socket, to: Socket): void {
    let last = Promise.resolve();
    const inTurn = (act: () => void) => {
      const dueAt = performance.now() + this.#way.delayMs;
      last = last.then(async () => {
        const leftMs = dueAt - performance.now();
        if (leftMs > 0) await sleep(leftMs);
        if (!this.isForgotten && !to.destroyed) act();
      });
    };
    from.on('data', (chunk: Buffer) => {
      const { resets, lostAnswers } = this.#way;
      const losses = from === this.#called ? [resets, lostAnswers] : [resets];
      if (losses.some((loss) => loss?.random.chance(loss.share) === true)) return this.reset();
      inTurn(() => to.write(chunk));
    });
    from.on('end', () => inTurn(() => to.end()));
  }
}
