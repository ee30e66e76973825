import { InterLinkError, streamProtocol, webSocketLimits } from '@interlink/protocol';
import { takeUpgrade } from '@interlink/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';

const handshakes = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  ...webSocketLimits,
  handleProtocols: () => streamProtocol,
});

/** What a WebSocket is opened for. */
export interface WebSocketService<T> {
  /** Opens the backend's end first: what it throws is the ordinary answer to the request. The signal: the caller has gone. */
  open(signal: AbortSignal): Promise<T>;
  /** Serves it to its end; called in the turn in which the WebSocket opens. */
  serve(socket: WebSocket, opened: T): Promise<void>;
  /** Closes the backend's end when the caller has gone meanwhile. */
  discard(opened: T): void;
}

/** Answers a request with a WebSocket of the streaming protocol. @throws InterLinkError `invalid_argument` when it asks for none, what `open` throws */
export async function serveWebSocket<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  service: WebSocketService<T>,
): Promise<void> {
  assertHandshake(request);
  const gone = new AbortController();
  const leave = () => gone.abort(new InterLinkError('cancelled', 'The caller has gone'));
  reply.raw.once('close', leave);
  const opened = await service.open(gone.signal);
  try {
    const { socket, head } = takeUpgrade(request, reply);
    // The handshake was checked: ws calls back at once, or destroys the socket.
    handshakes.handleUpgrade(request.raw, socket, head, (webSocket) => {
      service.serve(webSocket, opened).catch((error: unknown) => {
        request.log.error({ err: error }, 'stream failed');
        webSocket.terminate();
      });
    });
    socket.resume();
  } catch (error) {
    service.discard(opened);
    throw error;
  }
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1, before anything is opened for it. */
function assertHandshake({ headers }: FastifyRequest): void {
  const isHandshake =
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '');
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (isHandshake && offered.includes(streamProtocol)) return;
  throw new InterLinkError('invalid_argument', `This path wants a WebSocket with subprotocol ${streamProtocol}`);
}
