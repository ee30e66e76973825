import type { IncomingHttpHeaders } from 'node:http';
import { type Socket, SocketAddress } from 'node:net';
import { TLSSocket } from 'node:tls';
import { sessionLifetimeMs } from './sessions.ts';

const cookieName = 'interlink-ui';

/** What the session's cookie holds; undefined when there is none. */
export function readSessionCookie({ cookie }: IncomingHttpHeaders): string | undefined {
  for (const part of (cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === cookieName && value !== undefined && value !== '') return value;
  }
  return undefined;
}

/**
 * Only for these pages, for no script, for no other site's requests, and only over TLS: `Secure` is left out on plain HTTP of this machine
 * alone, where some browsers would not keep the cookie. @param id an empty one removes it
 */
export function renderSessionCookie(id: string, isOnMachine: boolean): string {
  const lifetime = id === '' ? 0 : sessionLifetimeMs / 1_000;
  const secure = isOnMachine ? '' : '; Secure';
  return `${cookieName}=${id}; Path=/ui; Max-Age=${lifetime}; HttpOnly; SameSite=Strict${secure}`;
}

/** How a request came: by TLS or from a proxy that may have had it by TLS; in the clear, but within this machine; in the clear. */
export type Transport = 'protected' | 'on-machine' | 'in-the-clear';

/** What a browser calls this machine. A proxy before InterLink passes on the name that it has outside. */
const loopbackNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

export function transportOf(socket: Socket, { host = '', ...headers }: IncomingHttpHeaders): Transport {
  if (socket instanceof TLSSocket) return 'protected';
  const { remoteAddress } = socket;
  // A unix socket.
  if (remoteAddress === undefined) return loopbackNames.test(host) ? 'on-machine' : 'protected';
  if (!isLoopback(remoteAddress)) return 'in-the-clear';
  const isProxied = headers['x-forwarded-proto'] === 'https' || !loopbackNames.test(host);
  return isProxied ? 'protected' : 'on-machine';
}

function isLoopback(address: string): boolean {
  const bare = address.replace(/^::ffff:/, '');
  return bare === '::1' || (SocketAddress.parse(bare)?.family === 'ipv4' && bare.startsWith('127.'));
}
