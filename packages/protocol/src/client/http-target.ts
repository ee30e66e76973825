import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { InterLinkError } from '../errors/interlink-error.ts';
import { parseProblem } from '../errors/problem.ts';

/** Client side of TLS: PEM texts. */
export interface ClientTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface HttpTargetOptions {
  /** `http://host:port`, `https://host:port` or `unix:///path.sock`. */
  readonly url: string;
  /** Asked before every request, so that a rotated token file takes effect at once. */
  readonly token?: (() => Promise<string | undefined>) | undefined;
  readonly tls?: ClientTls | undefined;
  /** Open connections at most; further requests wait. */
  readonly connections?: number | undefined;
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
  readonly #origin: string;
  readonly #agent: Agent;
  readonly #token: (() => Promise<string | undefined>) | undefined;

  constructor(options: HttpTargetOptions) {
    const { origin, socketPath } = parseTarget(options.url);
    this.url = options.url;
    this.#origin = origin;
    this.#token = options.token;
    this.#agent = new Agent({
      connections: options.connections ?? 128,
      keepAliveTimeout: 60_000,
      bodyTimeout: 0,
      connect: {
        timeout: 10_000,
        ...(socketPath === undefined ? {} : { socketPath }),
        ...definedTls(options.tls),
      },
    });
  }

  /** Sends a request and returns whatever the peer answers. @throws InterLinkError `unavailable` or `deadline_exceeded` when there is no answer */
  async send(request: TargetRequest): Promise<Dispatcher.ResponseData> {
    const token = await this.#token?.();
    try {
      return await this.#agent.request({
        origin: this.#origin,
        method: request.method,
        path: request.path,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...request.headers },
        body: request.body ?? null,
        signal: request.signal ?? null,
        headersTimeout: request.headersTimeoutMs ?? defaultHeadersTimeoutMs,
      });
    } catch (error) {
      const { code, message } = InterLinkError.from(error);
      throw new InterLinkError(code, `Cannot reach ${this.url}: ${message}`, { cause: error });
    }
  }

  /** Like {@link send}, but an answer that is no success is thrown as the error that its body tells of. */
  async call(request: TargetRequest): Promise<Dispatcher.ResponseData> {
    const response = await this.send(request);
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    throw parseProblem(response.statusCode, await response.body.text());
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** @throws InterLinkError `invalid_argument` when the URL is none of the three forms */
export function parseTarget(url: string): { origin: string; socketPath?: string } {
  if (url.startsWith('unix://')) return { origin: 'http://localhost', socketPath: url.slice('unix://'.length) };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new InterLinkError(
      'invalid_argument',
      `${JSON.stringify(url)} is no address: http://host:port, https://host:port or unix:///path is wanted`,
    );
  }
  return { origin: parsed.origin };
}

function definedTls(tls: ClientTls | undefined): { ca?: string; cert?: string; key?: string } {
  return {
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
  };
}
