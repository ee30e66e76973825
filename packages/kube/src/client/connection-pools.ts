import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { ClusterAccess, TlsMaterial } from '../kubeconfig/cluster-access.ts';
import { checkBeforeSending } from './check-before-sending.ts';

/** Idle connections live this long, in milliseconds: shorter than the 90 s after which kube-apiserver closes them. */
const KEEP_ALIVE_MS = 60_000;
/** The kernel probes a silent connection after this long, in milliseconds, so that a vanished peer is found out. */
const TCP_KEEP_ALIVE_MS = 15_000;

/** The pools of one set of TLS material: requests share one, each watch has a connection to itself in the other. */
interface PoolPair {
  requests: Dispatcher;
  watches: Dispatcher;
}

/**
 * Keep-alive connections (HTTP/1.1) to one API server. New TLS material opens new pools; what is in flight on the old ones may end
 * there.
 */
export class ConnectionPools {
  readonly #access: ClusterAccess;
  readonly #connections: number;
  readonly #check: (() => void) | undefined;
  readonly #retiring = new Set<PoolPair>();
  #tls: TlsMaterial | undefined;
  #current: PoolPair | undefined;

  /** `connections` is the largest number of connections for requests; watches are not counted. `check`: see {@link checkBeforeSending}. */
  constructor(access: ClusterAccess, connections: number, check: (() => void) | undefined) {
    this.#access = access;
    this.#check = check;
    this.#connections = connections;
  }

  /** The pool for requests or for watches that authenticates with this TLS material. */
  pool(use: 'requests' | 'watches', tls: TlsMaterial): Dispatcher {
    if (this.#current === undefined || this.#tls !== tls) {
      if (this.#current !== undefined) this.#retire(this.#current);
      this.#tls = tls;
      this.#current = { requests: this.#checked(tls, this.#connections), watches: this.#checked(tls, null) };
    }
    return this.#current[use];
  }

  /** Ends all watches at once, and the requests when they are answered. */
  async close(): Promise<void> {
    const pairs = [...this.#retiring, ...(this.#current === undefined ? [] : [this.#current])];
    this.#current = undefined;
    await Promise.all(pairs.map(({ requests, watches }) => Promise.all([requests.close(), watches.destroy()])));
  }

  #retire(pair: PoolPair): void {
    this.#retiring.add(pair);
    const forget = () => this.#retiring.delete(pair);
    Promise.all([pair.requests.close(), pair.watches.close()]).then(forget, forget);
  }

  #checked(tls: TlsMaterial, connections: number | null): Dispatcher {
    const pool = this.#open(tls, connections);
    return this.#check === undefined ? pool : checkBeforeSending(pool, this.#check);
  }

  #open(tls: TlsMaterial, connections: number | null): Dispatcher {
    const connect = {
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
      rejectUnauthorized: !tls.insecureSkipVerify,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    };
    const options = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: KEEP_ALIVE_MS };
    const { proxyUrl, server } = this.#access;
    if (proxyUrl !== undefined) return new ProxyAgent({ ...options, uri: proxyUrl.href, requestTls: connect });
    return new Pool(server.origin, { ...options, connect });
  }
}
