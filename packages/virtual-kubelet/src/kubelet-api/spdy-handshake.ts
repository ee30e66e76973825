import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from './refusal.ts';
import type { Upgrade } from './upgrade-handler.ts';

const versionHeader = 'X-Stream-Protocol-Version';

/**
 * The first protocol of the client's list that is one of ours
 * (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/httpstream/httpstream.go `Handshake`).
 */
export function negotiateProtocol(
  { headers, method, url }: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  supported: readonly string[],
): { protocol: string; refusal?: undefined } | { protocol?: undefined; refusal: Refusal } {
  const offered = String(headers[versionHeader.toLowerCase()] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
  if (offered.length === 0) {
    const path = url?.replace(/\?.*/s, '');
    const text = `unable to upgrade: header ${versionHeader} does not exist in request ${method} ${path}`;
    return { refusal: { status: 400, text } };
  }
  const protocol = offered.find((candidate) => supported.includes(candidate));
  if (protocol !== undefined) return { protocol };
  return {
    refusal: {
      status: 403,
      text: `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${supported.join(' ')}]`,
      headers: { 'X-Accepted-Stream-Protocol-Versions': [...supported] },
    },
  };
}

/** Answers the request: from now on the connection speaks SPDY/3.1. */
export function switchToSpdy(upgrade: Upgrade, protocol: string): Socket {
  const { socket, head } = upgrade.take();
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${versionHeader}: ${protocol}\r\n\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
  return socket;
}
