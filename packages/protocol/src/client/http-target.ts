import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import type { WebSocket } from 'ws';
import { InterLinkError } from '../errors/interlink-error.ts';
import { parseProblem } from '../errors/problem.ts';
import { checkBeforeSending } from './check-before-sending.ts';
import { epochHeader, type Fence, staleEpoch } from './fence.ts';
import { type ClientTls, type PeerAddress, parseTarget } from './peer-address.ts';
import { readBody, smallBody } from './read-body.ts';
import { requestUpgrade, type UpgradeAnswer } from './upgrade.ts';
import { openWebSocket } from './web-socket.ts';

export interface HttpTargetOptions {
  /** `http://host:port`, `https://host:port` or `unix:///path.sock`. */
  readonly url: string;
  /** Asked before every request, so that a rotated token file takes effect at once. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  /** The peer does not take the token: a new one may be due sooner than thought. */
  readonly onUnauthenticated?: (() => void) | undefined;
  readonly tls?: ClientTls | undefined;
  /** Asked before every request: headers over its own, `traceparent` above all. */
  readonly headers?: (() => Record<string, string>) | undefined;
  /** Open connections at most; further requests wait. */
  readonly connections?: number | undefined;
  /** When several processes take turns: says whether it is ours. */
  readonly fence?: Fence | undefined;
}

export interface TargetRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | Readable;
  readonly signal?: AbortSignal;
  /** Milliseconds until the answer's headers; 0 for none. Default 30 s. */
  readonly headersTimeoutMs?: number;
}

const defaultHeadersTimeoutMs = 30_000;

/**
 * One peer over HTTP: a keep-alive pool with its address and its token. A streamed answer may be silent for as long as it
 * likes; whoever reads it decides when silence means death.
 */
export class HttpTarget {
  readonly url: string;
  readonly #address: PeerAddress;
  readonly #tls: ClientTls;
  readonly #agent: Dispatcher;
  readonly #fence: Fence | undefined;
  readonly #token: (() => Promise<string | undefined>) | undefined;
  readonly #onUnauthenticated: (() => void) | undefined;
  readonly #overriding: () => Record<string, string>;
  readonly #closed = new AbortController();

  constructor(options: HttpTargetOptions) {
    this.url = options.url;
    this.#address = parseTarget(options.url);
    this.#tls = definedTls(options.tls);
    this.#token = options.token;
    this.#onUnauthenticated = options.onUnauthenticated;
    this.#overriding = options.headers ?? (() => ({}));
    const { socketPath } = this.#address;
    const { fence } = options;
    this.#fence = fence;
    const agent = new Agent({
      connections: options.connections ?? 128,
      keepAliveTimeout: 60_000,
      bodyTimeout: 0,
      connect: {
        timeout: 10_000,
        ...(socketPath === undefined ? {} : { socketPath }),
        ...this.#tls,
      },
    });
    this.#agent = fence === undefined ? agent : checkBeforeSending(agent, () => fence.check());
  }

  /** Sends a request and returns whatever the peer answers. @throws InterLinkError `unavailable` or `deadline_exceeded` when there is no answer */
  async send(request: TargetRequest): Promise<Dispatcher.ResponseData> {
    const ours = await this.#headers();
    return await this.#reach(async () => {
      return await this.#agent.request({
        origin: this.#address.origin,
        method: request.method,
        path: request.path,
        headers: { ...ours, ...request.headers, ...this.#overriding() },
        body: request.body ?? null,
        signal: request.signal ?? null,
        headersTimeout: request.headersTimeoutMs ?? defaultHeadersTimeoutMs,
      });
    });
  }

  /** Like {@link send}, but an answer that is no success is thrown as the error that its body tells of. */
  async call(request: TargetRequest): Promise<Dispatcher.ResponseData> {
    const response = await this.send(request);
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
    const headers = await this.#headers();
    this.#fence?.check();
    const signal = AbortSignal.any([request.signal, this.#closed.signal]);
    return await this.#reach(
      async () =>
        await openWebSocket({ address: this.#address, tls: this.#tls, path: request.path, headers, signal }, (socket) =>
          accept(socket, signal),
        ),
    );
  }

  /** Asks for another protocol, whose bytes are the caller's business; a refusal is returned as it is. @throws InterLinkError as {@link send} */
  async upgrade(request: {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    readonly headersTimeoutMs?: number;
  }): Promise<UpgradeAnswer> {
    const headers = { ...(await this.#headers()), ...request.headers };
    this.#fence?.check();
    const timeoutMs = request.headersTimeoutMs ?? defaultHeadersTimeoutMs;
    const { path, signal } = request;
    return await this.#reach(
      async () => await requestUpgrade({ address: this.#address, tls: this.#tls, path, headers, signal, timeoutMs }),
    );
  }

  /** Ends what is under way, WebSockets too. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#agent.destroy();
  }

  async #headers(): Promise<Record<string, string>> {
    const token = await this.#token?.();
    return {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(this.#fence === undefined ? {} : { [epochHeader]: String(this.#fence.epoch) }),
    };
  }

  #told(error: InterLinkError): InterLinkError {
    if (error.reason === staleEpoch) this.#fence?.onStale(error);
    if (error.code === 'unauthenticated') this.#onUnauthenticated?.();
    return error;
  }

  /** What the peer itself says stays as it is. */
  async #reach<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof InterLinkError) throw this.#told(error);
      const { code, message } = InterLinkError.from(error);
      throw new InterLinkError(code, `Cannot reach ${this.url}: ${message}`, { cause: error });
    }
  }
}

function definedTls(tls: ClientTls | undefined): { ca?: string; cert?: string; key?: string } {
  return {
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
  };
}
