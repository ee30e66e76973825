import type { Dispatcher } from 'undici';
import type { ClusterAccess } from '../kubeconfig/cluster-access.ts';
import { sleep } from '../sleep.ts';
import { ConnectionPools } from './connection-pools.ts';
import { startDeadline } from './deadline.ts';
import { KubeStatusError, KubeTransportError, parseStatus } from './kube-errors.ts';
import { type Attempts, brokenRetryDelay, busyRetryDelay, parseRetryAfter } from './retry-delay.ts';

/** One HTTP request to the API. */
export interface KubeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Starts with `/`; without the query. */
  path: string;
  /** Undefined values are left out. */
  query?: Record<string, string | number | boolean | undefined> | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string | undefined;
  signal?: AbortSignal | undefined;
  /** For the whole answer, in milliseconds, per try. Default: the client's. */
  timeoutMs?: number | undefined;
}

/** One request that was sent, and the first line of its answer: no status when there was none. */
export type RequestObserver = (sent: {
  readonly method: string;
  /** Name and port. */
  readonly host: string;
  readonly status: number | undefined;
  readonly durationMs: number;
}) => void;

export interface TransportOptions {
  userAgent: string;
  timeoutMs: number;
  connections: number;
  check?: (() => void) | undefined;
  onRequest?: RequestObserver | undefined;
}

/** Sends requests: credentials, connections, timeouts, retries. What they mean is not known here. */
export class Transport {
  readonly #access: ClusterAccess;
  readonly #options: TransportOptions;
  readonly #pools: ConnectionPools;
  readonly #basePath: string;

  constructor(access: ClusterAccess, options: TransportOptions) {
    this.#access = access;
    this.#options = options;
    this.#pools = new ConnectionPools(access, options.connections, options.check);
    this.#basePath = access.server.pathname.replace(/\/+$/, '');
  }

  /**
   * The body of the answer, as text.
   * @throws KubeStatusError on a status of 400 and above, KubeTransportError when there was no answer, the signal's reason when aborted.
   */
  async send(request: KubeRequest): Promise<string> {
    const attempts: Attempts = { busy: 0, broken: 0 };
    let mayRefresh = true;
    for (;;) {
      const outcome = await this.#try(request, attempts);
      if (typeof outcome === 'string') return outcome;
      if (
        outcome.error instanceof KubeStatusError &&
        outcome.error.code === 401 &&
        mayRefresh &&
        this.#access.refresh()
      ) {
        mayRefresh = false;
        continue;
      }
      if (outcome.retryMs === undefined) throw outcome.error;
      await sleep(outcome.retryMs, request.signal);
    }
  }

  /**
   * Opens a stream on a connection of its own and gives its chunks until the server ends it. No retries, except once on 401.
   * @throws as `send`; a KubeTransportError `timeout` when no byte came for `idleTimeoutMs`.
   */
  async *stream(request: KubeRequest, idleTimeoutMs: number): AsyncGenerator<Buffer> {
    let response = await this.#openStream(request, idleTimeoutMs);
    if (response.statusCode === 401 && this.#access.refresh()) {
      await response.body.dump();
      response = await this.#openStream(request, idleTimeoutMs);
    }
    try {
      if (response.statusCode >= 400) throw await statusError(request, response);
      yield* response.body;
    } catch (err) {
      throw this.#explain(err, request, false, idleTimeoutMs);
    }
  }

  /** Ends all streams; requests in flight are answered first. */
  close(): Promise<void> {
    return this.#pools.close();
  }

  async #try(
    request: KubeRequest,
    attempts: Attempts,
  ): Promise<string | { error: unknown; retryMs: number | undefined }> {
    const timeoutMs = request.timeoutMs ?? this.#options.timeoutMs;
    const deadline = startDeadline(timeoutMs, request.signal);
    try {
      const response = await this.#dispatch('requests', request, deadline.signal, timeoutMs);
      if (response.statusCode < 400) return await response.body.text();
      const error = await statusError(request, response);
      const retryMs = busyRetryDelay(request.method, error.code, error.retryAfterSeconds, attempts);
      attempts.busy += 1;
      return { error, retryMs };
    } catch (err) {
      const retryMs = deadline.signal.aborted ? undefined : brokenRetryDelay(request.method, err, attempts);
      attempts.broken += 1;
      return { error: this.#explain(err, request, deadline.timedOut(), timeoutMs), retryMs };
    } finally {
      deadline.end();
    }
  }

  async #openStream(request: KubeRequest, idleTimeoutMs: number): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#dispatch('watches', request, request.signal, idleTimeoutMs);
    } catch (err) {
      throw this.#explain(err, request, false, this.#options.timeoutMs);
    }
  }

  async #dispatch(
    use: 'requests' | 'watches',
    request: KubeRequest,
    signal: AbortSignal | undefined,
    bodyTimeoutMs: number,
  ): Promise<Dispatcher.ResponseData> {
    const { headers, tls } = await this.#access.credentials();
    const hasBody = request.body !== undefined;
    const sent = this.#pools.pool(use, tls).request({
      origin: this.#access.server.origin,
      method: request.method,
      path: `${this.#basePath}${request.path}${queryString(request.query)}`,
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        ...(hasBody ? { 'content-type': request.contentType ?? 'application/json' } : {}),
        ...headers,
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      ...(signal === undefined ? {} : { signal }),
      headersTimeout: request.timeoutMs ?? this.#options.timeoutMs,
      bodyTimeout: bodyTimeoutMs,
      // Without this, undici closes the connection after each DELETE that has a body.
      reset: false,
    });
    return await this.#observed(request.method, sent);
  }

  async #observed(method: string, sent: Promise<Dispatcher.ResponseData>): Promise<Dispatcher.ResponseData> {
    const { onRequest } = this.#options;
    if (onRequest === undefined) return await sent;
    const startedAt = performance.now();
    let status: number | undefined;
    try {
      const response = await sent;
      status = response.statusCode;
      return response;
    } finally {
      onRequest({ method, host: this.#access.server.host, status, durationMs: performance.now() - startedAt });
    }
  }

  #explain(err: unknown, request: KubeRequest, timedOut: boolean, timeoutMs: number): unknown {
    if (err instanceof KubeStatusError || err instanceof KubeTransportError) return err;
    if (request.signal?.aborted) return request.signal.reason;
    const what = `${request.method} ${request.path}`;
    const code = (err as { code?: unknown }).code;
    if (timedOut || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
      return new KubeTransportError(
        what,
        'timeout',
        `nothing from ${this.#access.server.origin} within ${timeoutMs} ms`,
        err,
      );
    }
    return new KubeTransportError(what, 'connection', `${this.#access.server.origin}: ${(err as Error).message}`, err);
  }
}

async function statusError(request: KubeRequest, response: Dispatcher.ResponseData): Promise<KubeStatusError> {
  const status = parseStatus(await response.body.text());
  const what = `${request.method} ${request.path}`;
  return new KubeStatusError(what, response.statusCode, status, parseRetryAfter(response.headers['retry-after']));
}

function queryString(query: KubeRequest['query']): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) pairs.set(key, String(value));
  return pairs.size === 0 ? '' : `?${pairs}`;
}
