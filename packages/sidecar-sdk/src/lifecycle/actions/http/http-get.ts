import type { HttpGetAction } from '@interlink/protocol';
import type { ActionTarget } from '../action-target.ts';
import { isTimeout } from '../deadline.ts';
import { dial } from '../dial.ts';
import { exchange, type HttpResponse, NotTlsError, secure } from './exchange.ts';
import { type HttpLocation, isSameHost, locationOf, redirectedFrom, renderUrl } from './location.ts';
import { type RequestHeaders, requestHeaders } from './request-headers.ts';

export interface HttpGetOptions {
  readonly action: HttpGetAction;
  readonly target: ActionTarget;
  /** Who asks. */
  readonly purpose: 'probe' | 'lifecycle';
  readonly signal: AbortSignal;
}

/** There is no answer; the message is that of Go's client: `Get "http://10.0.0.1:80/": …`. */
export class HttpGetError extends Error {
  override readonly name = 'HttpGetError';

  /** Plain HTTP was spoken where TLS was wanted. */
  get isNotTls(): boolean {
    return this.cause instanceof NotTlsError;
  }
}

const maxRedirects = 10;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const waitingForHead = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/**
 * A kubelet's GET: no proxy, no kept connection, no look at certificates; redirects are followed on the same host, up to ten, and
 * one to another host is the answer. Only HTTP/1.1.
 * @returns an answer whose body the caller reads or discards
 * @throws Error for a port that the container does not have, HttpGetError when there is no answer
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/http/http.go
 */
export async function httpGet(options: HttpGetOptions): Promise<HttpResponse> {
  let location = locationOf(options.action, options.target);
  let headers = requestHeaders(options.action, options.purpose);
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(location, headers, options);
    if (!redirectStatuses.has(response.status) || response.redirect === undefined) return response;
    const next = follow(location, response);
    if (!isSameHost(next, location)) return response;
    response.discard();
    if (redirects + 1 >= maxRedirects) throw failure(response.redirect, new Error('stopped after 10 redirects'));
    // An author's own Host stays as long as the server does not name another.
    if (/^[a-z][a-z0-9+.-]*:/i.test(response.redirect)) headers = { ...headers, host: undefined };
    location = next;
  }
}

async function send(location: HttpLocation, headers: RequestHeaders, options: HttpGetOptions): Promise<HttpResponse> {
  const { action, target, signal } = options;
  try {
    const socket = await dial(target, { host: action.host || undefined, port: location.port }, signal);
    const abort = () => void socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', abort));
    const channel = location.isSecure ? await secure(socket, location.hostname) : socket;
    return await exchange(channel, location, headers);
  } catch (error) {
    throw failure(renderUrl(location), isTimeout(signal) ? new Error(waitingForHead) : error);
  }
}

function follow(location: HttpLocation, response: HttpResponse): HttpLocation {
  try {
    return redirectedFrom(location, response.redirect ?? '');
  } catch (error) {
    response.discard();
    const why =
      error instanceof TypeError ? `failed to parse Location header ${JSON.stringify(response.redirect)}` : '';
    throw failure(renderUrl(location), why === '' ? error : new Error(why));
  }
}

function failure(url: string, cause: unknown): HttpGetError {
  return new HttpGetError(`Get ${JSON.stringify(url)}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
