import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/** A connection whose peer asks for another protocol. */
export interface Upgrade {
  /** In lower case: `spdy/3.1`, `websocket`. */
  readonly protocol: string;
  /** Takes the connection: from now on, what is sent on it, the answer to the request first, is the caller's. Once. */
  take(): { socket: Socket; head: Buffer };
}

/** Answers a request; `upgrade` is set when the sender asks for another protocol. */
export type HandleRequest = (request: IncomingMessage, response: ServerResponse, upgrade?: Upgrade) => void;

/** Vanished peers of quiet streams are found out by TCP. */
const keepAliveMs = 30_000;

/** Sends requests for an upgrade the way of all others: the same users are let in, refusals are ordinary answers. */
export function serveUpgrades(server: Server | HttpsServer, handle: HandleRequest): void {
  server.on('upgrade', (request: IncomingMessage, stream, head: Buffer) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // As the server does for ordinary requests: a long answer goes on when there is room for it.
    socket.on('drain', () => response.emit('drain'));
    // The answer was no upgrade: nobody reads on this connection any more.
    response.once('finish', () => {
      socket.resume();
      socket.destroySoon();
    });
    handle(request, response, {
      protocol: request.headers.upgrade?.toLowerCase() ?? '',
      take() {
        response.detachSocket(socket);
        socket.setTimeout(0);
        socket.setNoDelay(true);
        socket.setKeepAlive(true, keepAliveMs);
        return { socket, head };
      },
    });
  });
}
