import type { HttpGetAction } from '@interlink/protocol';
import type { ActionTarget } from '../action-target.ts';
import { joinHostPort } from '../dial.ts';
import { resolvePort } from '../resolve-port.ts';

/** Where a request goes. */
export interface HttpLocation {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Of the request line: path and query. */
  readonly path: string;
  /** `host:port` as it is written. */
  readonly authority: string;
}

/** An action's address; its host is the pod's unless it names another. @throws Error for a port that is not there */
export function locationOf(action: HttpGetAction, target: ActionTarget): HttpLocation {
  const hostname = action.host || target.host;
  const port = resolvePort(action.port, target.container);
  return {
    ...{ isSecure: action.scheme === 'HTTPS', hostname, port, authority: joinHostPort(hostname, port) },
    path: toRequestPath(action.path ?? ''),
  };
}

/**
 * A path as it may stand in a request line: from `/` on, without a fragment, and what a URL can't hold in `%` notation. It names a
 * path and a query, and never another host.
 */
export function toRequestPath(path: string): string {
  const [visible = ''] = path.split('#', 1);
  const escaped = visible.replace(/[^!-~]+|["<>\\^`{|}]/gu, (text) => encodeURIComponent(text.toWellFormed()));
  return escaped.startsWith('/') ? escaped : `/${escaped}`;
}

/** Where an answer's `Location` leads to. @throws TypeError when it is no URL; Error for a scheme that is not HTTP's */
export function redirectedFrom(location: HttpLocation, header: string): HttpLocation {
  const url = new URL(header, renderUrl(location));
  const isSecure = url.protocol === 'https:';
  if (!isSecure && url.protocol !== 'http:') {
    throw new Error(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`);
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (isSecure ? 443 : 80);
  return { isSecure, hostname, port, path: `${url.pathname}${url.search}`, authority: url.host };
}

/** Names in any case, and addresses in any spelling, are the same. */
export function isSameHost(one: HttpLocation, other: HttpLocation): boolean {
  return new URL(renderUrl(one)).hostname === new URL(renderUrl(other)).hostname;
}

export function renderUrl({ isSecure, authority, path }: HttpLocation): string {
  return `${isSecure ? 'https' : 'http'}://${authority}${path}`;
}
