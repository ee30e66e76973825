import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { InterLinkError } from '@interlink/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** A connection whose peer asks for another protocol. */
export interface Upgrade {
  /** Paused. */
  readonly socket: Socket;
  /** What has come after the request's headers already. */
  readonly head: Buffer;
}

/** At the server's end, what is written already gets this long to go out. */
const closingMs = 1_000;

/** Nothing is to be sent before the answer; what is sent all the same is read up to here. */
const maxHeadBytes = 64 * 1024;

interface Waiting {
  readonly socket: Socket;
  readonly stopReading: () => Buffer;
  readonly onTaken: OnTaken;
}

/** Told of each connection that a route has taken. */
export type OnTaken = (request: FastifyRequest, socket: Socket) => void;

const waiting = new WeakMap<IncomingMessage, Waiting>();

/** Only WebSockets are upgraded; a request that offers anything else (h2c, say) is served as an ordinary one. */
export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Sends requests for an upgrade through the routes like all others: the same authentication, the same errors as ordinary
 * answers. A route that wants the connection calls {@link takeUpgrade}. Connections that were taken end with the server.
 */
export function serveUpgrades(app: FastifyInstance, onTaken: OnTaken): void {
  const open = new Set<Socket>();
  app.server.on('upgrade', (request: IncomingMessage, stream, head: Buffer) => {
    const socket = stream as Socket;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // The answer was a refusal: nobody reads on this connection any more.
    response.once('finish', () => {
      socket.resume();
      socket.destroySoon();
    });
    waiting.set(request, { socket, stopReading: readAhead(socket, head), onTaken });
    app.routing(request, response);
  });
  app.addHook('preClose', async () => {
    for (const socket of open) {
      socket.destroySoon();
      setTimeout(() => socket.destroy(), closingMs).unref();
    }
  });
}

/** True when {@link takeUpgrade} will do. */
export function hasUpgrade(request: FastifyRequest): boolean {
  return waiting.has(request.raw);
}

/**
 * Takes the connection of a request for an upgrade; what is sent on it from now on, the answer to the request first, is the
 * caller's. @throws InterLinkError `invalid_argument` for an ordinary request, `cancelled` when the peer is gone
 */
export function takeUpgrade(request: FastifyRequest, reply: FastifyReply): Upgrade {
  const found = waiting.get(request.raw);
  if (found === undefined) throw new InterLinkError('invalid_argument', 'This path wants a WebSocket');
  const { socket, stopReading, onTaken } = found;
  if (socket.destroyed) throw new InterLinkError('cancelled', 'The caller has gone');
  const head = stopReading();
  reply.hijack();
  reply.raw.detachSocket(socket);
  onTaken(request, socket);
  return { socket, head };
}

/** Only who reads notices that the peer leaves while it waits for the answer. @returns ends it, and gives what was read */
function readAhead(socket: Socket, head: Buffer): () => Buffer {
  const chunks = [head];
  let size = head.length;
  const keep = (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxHeadBytes) socket.pause();
  };
  const leave = () => socket.destroy();
  socket.on('data', keep).once('end', leave);
  return () => {
    socket.pause();
    socket.off('data', keep).off('end', leave);
    return Buffer.concat(chunks);
  };
}
