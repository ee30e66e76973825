import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { WebSocket } from 'ws';
import { InterLinkError } from '../errors/interlink-error.ts';
import { parseProblem } from '../errors/problem.ts';
import { ConnectionPool } from './connection-pool.ts';
import { describeTlsError } from './describe-tls-error.ts';
import { epochHeader, type Fence, staleEpoch } from './fence.ts';
import { type ClientTls, type PeerAddress, parseTarget } from './peer-address.ts';
import { readBody, smallBody } from './read-body.ts';
import { retryAfterMs, waitForTurn } from './retry-after.ts';
import { type TargetObserver, unobserved } from './target-observer.ts';
import { requestUpgrade, type UpgradeAnswer } from './upgrade.ts';
import { openWebSocket } from './web-socket.ts';

export interface HttpTargetOptions {
  /** `http://host:port`, `https://host:port` or `unix:///path.sock`. */
  readonly url: string;
  /** Asked before every request, so that a rotated token file takes effect at once. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  /** The peer does not take the token: a new one may be due sooner than thought. */
  readonly onUnauthenticated?: (() => void) | undefined;
  /** Told of each request that was not cancelled: undefined when the peer has answered it, else why it did not, or does not let us in. */
  readonly onReach?: ((trouble: InterLinkError | undefined) => void) | undefined;
  /** Asked before every request to `https://`; another object than before means that connections are made anew. Default: the system's CAs. */
  readonly tls?: (() => Promise<ClientTls>) | undefined;
  /** Asked before every request: headers over its own, `traceparent` above all. */
  readonly headers?: (() => Record<string, string>) | undefined;
  /** Open connections at most, but for those of streams; further requests wait. */
  readonly connections?: number | undefined;
  /** When several processes take turns: says whether it is ours. */
  readonly fence?: Fence | undefined;
  /** Told how requests go. */
  readonly observer?: TargetObserver | undefined;
}

export interface TargetRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | Readable;
  readonly signal?: AbortSignal;
  /** Milliseconds until the answer's headers; 0 for none. Default 30 s. */
  readonly headersTimeoutMs?: number;
  /** The answer may go on for ever, and takes none of the connections that others wait for. */
  readonly isStream?: boolean;
}

const defaultHeadersTimeoutMs = 30_000;
const defaultTls: ClientTls = {};
/** How often a peer may put a request off. */
const maxTurns = 5;

/**
 * One peer over HTTP: a keep-alive pool with its address and its token. A streamed answer may be silent for as long as it
 * likes; whoever reads it decides when silence means death.
 */
export class HttpTarget {
  readonly url: string;
  readonly #address: PeerAddress;
  readonly #tls: () => Promise<ClientTls>;
  readonly #pool: ConnectionPool;
  readonly #streams: ConnectionPool;
  readonly #fence: Fence | undefined;
  readonly #token: (() => Promise<string | undefined>) | undefined;
  readonly #onUnauthenticated: (() => void) | undefined;
  readonly #onReach: HttpTargetOptions['onReach'];
  readonly #overriding: () => Record<string, string>;
  readonly #closed = new AbortController();
  readonly #observer: TargetObserver;

  constructor(options: HttpTargetOptions) {
    this.url = options.url;
    this.#address = parseTarget(options.url);
    this.#tls = options.tls ?? (async () => defaultTls);
    this.#token = options.token;
    this.#onUnauthenticated = options.onUnauthenticated;
    this.#onReach = options.onReach;
    this.#overriding = options.headers ?? (() => ({}));
    this.#observer = options.observer ?? unobserved;
    const { fence } = options;
    this.#fence = fence;
    const check = fence === undefined ? undefined : () => fence.check();
    const onConnected = (socket: Socket) => this.#observer.connected(socket);
    const open = (connections: number | null) =>
      new ConnectionPool({ address: this.#address, connections, check, onConnected });
    this.#pool = open(options.connections ?? 128);
    this.#streams = open(null);
  }

  /** Sends a request and returns whatever the peer answers. @throws InterLinkError `unavailable` or `deadline_exceeded` when there is no answer */
  async send(request: TargetRequest): Promise<Dispatcher.ResponseData> {
    const [ours, tls] = await Promise.all([this.#headers(), this.#tls()]);
    const answered = this.#observer.asked();
    const response = await this.#reach(async () => {
      const pool = request.isStream === true ? this.#streams : this.#pool;
      return await pool.dispatcher(tls).request({
        origin: this.#address.origin,
        method: request.method,
        path: request.path,
        headers: { ...ours, ...request.headers, ...this.#overriding() },
        body: request.body ?? null,
        signal: request.signal ?? null,
        headersTimeout: request.headersTimeoutMs ?? defaultHeadersTimeoutMs,
      });
    }, answered);
    response.body.once('close', answered(response.statusCode));
    if (response.statusCode === 401) this.#onUnauthenticated?.();
    this.#onReach?.(
      response.statusCode === 401
        ? new InterLinkError('unauthenticated', `${this.url} answers 401: it does not let this process in`)
        : undefined,
    );
    return response;
  }

  /**
   * Like {@link send}, but an answer that is no success is thrown as the error that its body tells of. A peer that says when to come
   * again (429 with `Retry-After`) is asked again then, some times.
   */
  async call(request: TargetRequest): Promise<Dispatcher.ResponseData> {
    let response = await this.send(request);
    for (let turn = 1; turn <= maxTurns && !(request.body instanceof Readable); turn += 1) {
      const waitMs = retryAfterMs(response);
      if (waitMs === undefined) break;
      await response.body.dump();
      await waitForTurn(waitMs, request.signal);
      this.#observer.retried();
      response = await this.send(request);
    }
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    throw this.#told(parseProblem(response.statusCode, await readBody(response.body, smallBody)));
  }

  /**
   * Opens a WebSocket of the streaming protocol on a connection of its own; `accept` is called in the turn in which it opens.
   * The signal, and {@link close}, end it before it opens; afterwards it is `accept`'s, with the signal that it is given.
   * @throws InterLinkError that the peer's refusal tells of, `unavailable` when there is no answer
   */
  async openWebSocket<T>(
    request: { readonly path: string; readonly signal: AbortSignal },
    accept: (socket: WebSocket, signal: AbortSignal) => T,
  ): Promise<T> {
    const [headers, tls] = await Promise.all([this.#headers(), this.#tls()]);
    this.#fence?.check();
    const signal = AbortSignal.any([request.signal, this.#closed.signal]);
    const opened = await this.#reach(
      async () =>
        await openWebSocket({ address: this.#address, tls, path: request.path, headers, signal }, (socket) =>
          accept(socket, signal),
        ),
    );
    this.#onReach?.(undefined);
    return opened;
  }

  /** Asks for another protocol, whose bytes are the caller's business; a refusal is returned as it is. @throws InterLinkError as {@link send} */
  async upgrade(request: {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    readonly headersTimeoutMs?: number;
  }): Promise<UpgradeAnswer> {
    const [ours, tls] = await Promise.all([this.#headers(), this.#tls()]);
    const headers = { ...ours, ...request.headers };
    this.#fence?.check();
    const timeoutMs = request.headersTimeoutMs ?? defaultHeadersTimeoutMs;
    const { path, signal } = request;
    const answered = this.#observer.asked();
    const answer = await this.#reach(
      async () => await requestUpgrade({ address: this.#address, tls, path, headers, signal, timeoutMs }),
      answered,
    );
    this.#observer.connected(answer.response.socket);
    (answer.socket ?? answer.response).once('close', answered(answer.response.statusCode));
    return answer;
  }

  /** Ends what is under way, WebSockets too. */
  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([this.#pool.destroy(), this.#streams.destroy()]);
  }

  async #headers(): Promise<Record<string, string>> {
    const token = await this.#shownToken();
    return {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(this.#fence === undefined ? {} : { [epochHeader]: String(this.#fence.epoch) }),
    };
  }

  async #shownToken(): Promise<string | undefined> {
    try {
      return await this.#token?.();
    } catch (error) {
      this.#onReach?.(InterLinkError.from(error));
      throw error;
    }
  }

  #told(error: InterLinkError): InterLinkError {
    if (error.reason === staleEpoch) this.#fence?.onStale(error);
    return error;
  }

  /** What the peer itself says stays as it is. */
  async #reach<T>(ask: () => Promise<T>, answered?: ReturnType<TargetObserver['asked']>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      answered?.(undefined)();
      if (error instanceof InterLinkError) {
        if (error.code === 'unauthenticated') {
          this.#onUnauthenticated?.();
          this.#onReach?.(error);
        }
        throw this.#told(error);
      }
      const trouble = describeTlsError(error);
      const { code, message } = InterLinkError.from(error);
      const unreached = new InterLinkError(
        trouble === undefined ? code : 'unavailable',
        `Cannot reach ${this.url}: ${trouble ?? message}`,
        { cause: error },
      );
      if (!isSendersOwn(error)) this.#onReach?.(unreached);
      throw unreached;
    }
  }
}

/** Its sender has given the request up, or has given it too little time. */
function isSendersOwn(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
