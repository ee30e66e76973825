import type { Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { InterLinkError } from '../errors/interlink-error.ts';
import { checkBeforeSending } from './check-before-sending.ts';
import { endWhenLost } from './lost-peers.ts';
import { type ClientTls, type PeerAddress, toTlsOptions } from './peer-address.ts';
import { releaseEnded } from './release-ended.ts';

export interface ConnectionPoolOptions {
  readonly address: PeerAddress;
  /** Open connections at most, further requests wait; null: as many as there are requests. */
  readonly connections: number | null;
  /** See {@link checkBeforeSending}. */
  readonly check: (() => void) | undefined;
  /** Told of each connection. */
  readonly onConnected: (socket: Socket) => void;
}

/**
 * Keep-alive connections to one peer. Requests under other TLS go to connections made with it; those before end when what is under
 * way on them has ended.
 */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #draining = new Set<Dispatcher>();
  #tls: ClientTls | undefined;
  #current: Dispatcher | undefined;
  #isDestroyed = false;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** @param tls the same object as long as nothing in it has changed @throws InterLinkError `unavailable` after {@link destroy} */
  dispatcher(tls: ClientTls): Dispatcher {
    if (this.#isDestroyed) throw new InterLinkError('unavailable', 'The client is closed');
    if (this.#current === undefined || this.#tls !== tls) {
      if (this.#current !== undefined) this.#drain(this.#current);
      this.#tls = tls;
      this.#current = this.#open(tls);
    }
    return this.#current;
  }

  /** Ends what is under way. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    const all = [...this.#draining, ...(this.#current === undefined ? [] : [this.#current])];
    await Promise.all(all.map(async (dispatcher) => await dispatcher.destroy()));
  }

  #drain(dispatcher: Dispatcher): void {
    this.#draining.add(dispatcher);
    const forget = () => this.#draining.delete(dispatcher);
    dispatcher.close().then(forget, forget);
  }

  #open(tls: ClientTls): Dispatcher {
    const { address, connections, check, onConnected } = this.#options;
    const connect = buildConnector({
      timeout: 10_000,
      allowH2: false,
      ...(address.socketPath === undefined ? {} : { socketPath: address.socketPath }),
      ...toTlsOptions(tls),
    });
    const pool = new Pool(address.origin, {
      connections,
      keepAliveTimeout: 60_000,
      bodyTimeout: 0,
      allowH2: false,
      connect: (options, done) => {
        connect(options, (...result) => {
          if (result[0] === null) {
            endWhenLost(result[1]);
            onConnected(result[1]);
          }
          done(...result);
        });
      },
    });
    const releasing = releaseEnded(pool);
    return check === undefined ? releasing : checkBeforeSending(releasing, check);
  }
}
