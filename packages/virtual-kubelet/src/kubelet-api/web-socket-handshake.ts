import type { IncomingMessage } from 'node:http';
import { webSocketLimits } from '@interlink/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Refusal } from './refusal.ts';
import type { Upgrade } from './upgrade-handler.ts';

const protocolHeader = 'sec-websocket-protocol';

/** The first subprotocol of the client's list that is one of ours; the empty name when it offers none. */
export function negotiateSubprotocol(
  { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
  supported: readonly string[],
): { protocol: string; refusal?: undefined } | { protocol?: undefined; refusal: Refusal } {
  const isHandshake =
    method === 'GET' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '');
  if (!isHandshake) return { refusal: { status: 400, text: 'unable to upgrade: this is no WebSocket handshake' } };
  const offered = (headers[protocolHeader] ?? '').split(',').map((protocol) => protocol.trim());
  const protocol = offered.find((candidate) => supported.includes(candidate));
  if (protocol !== undefined) return { protocol };
  const text = `unable to upgrade: client supports [${offered.join(' ')}], server accepts [${supported.join(' ').trim()}]`;
  return { refusal: { status: 400, text } };
}

/** Answers the request: from now on the connection is a WebSocket. What comes has a listener only when `use` sets it. */
export function switchToWebSocket(
  request: IncomingMessage,
  upgrade: Upgrade,
  { protocol, use }: { protocol: string; use(webSocket: WebSocket): void },
): void {
  const { socket, head } = upgrade.take();
  const handshake = new WebSocketServer({ noServer: true, clientTracking: false, ...webSocketLimits });
  // ws takes tokens only, and a name with a slash is none.
  delete request.headers[protocolHeader];
  handshake.on('headers', (headers) => {
    if (protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  // The handshake was checked: ws calls back at once.
  handshake.handleUpgrade(request, socket, head, use);
  socket.resume();
}
