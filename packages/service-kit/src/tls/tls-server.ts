import type { Server as HttpServer, RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../process/logger.ts';
import type { TlsMaterial } from './read-tls-files.ts';
import type { TlsFiles } from './tls-files.ts';

/** How often the files are looked at, so that the first connection after a change is made by them. */
const followMs = 1_000;

/** By what a connection was made, and whether that still holds. */
interface MadeBy {
  readonly material: TlsMaterial;
  readonly inForce: () => TlsMaterial;
}

const madeBy = new WeakMap<Socket, MadeBy>();

/** True for a connection that was verified by a client CA which is no longer the one in the file. */
export function isVerifiedByFormerCa(socket: Socket): boolean {
  const made = madeBy.get(socket);
  return made !== undefined && made.material.ca !== made.inForce().ca;
}

export interface TlsServerOptions {
  readonly files: TlsFiles;
  readonly http: ServerOptions;
  readonly logger: Logger;
}

/**
 * An HTTPS server by these files, as they are when a connection begins: TLS 1.3, client certificates asked for when there is a CA for
 * them. OpenSSL verifies them, and who calls is judged by request: who shows none may still have a token. Who does not end the
 * handshake in the time that headers have is cut off.
 */
export function createTlsServer({ files, http, logger }: TlsServerOptions, handler: RequestListener): Server {
  const server = createServer(
    {
      ...http,
      ...toServerOptions(files.latest),
      requestCert: files.names.caCertFile !== undefined,
      rejectUnauthorized: false,
      // 0 is Node's own, two minutes.
      handshakeTimeout: http.headersTimeout,
    },
    handler,
  );
  follow(server, files);
  server.on('secureConnection', (socket) => {
    // As plain HTTP has it: an upgraded connection may end in one direction first. Before, an end is an end.
    socket.allowHalfOpen = true;
  });
  // Before `clientError`, which the same makes: an answer would wait for ever for the end of the handshake, and Node leaves the
  // connection open for it.
  server.prependListener('tlsClientError', (error, socket) => {
    logger.debug({ err: error, peer: socket.remoteAddress }, 'TLS handshake failed');
    socket.destroy();
  });
  return server;
}

/** Connections that were made by former files stay open for what is under way on them, and close after their next answer. */
export function closeFormerConnections(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const made = madeBy.get(request.raw.socket);
    if (made !== undefined && made.material !== made.inForce()) reply.raw.shouldKeepAlive = false;
  });
}

function follow(server: HttpServer & Server, files: TlsFiles): void {
  let inForce = files.latest;
  rememberMakers(server, () => inForce);
  const look = async () => {
    const fresh = await files.current();
    if (fresh === inForce) return;
    server.setSecureContext(toServerOptions(fresh));
    inForce = fresh;
  };
  server.once('listening', () => {
    const timer = setInterval(() => void look(), followMs).unref();
    server.once('close', () => clearInterval(timer));
  });
}

/** A handshake goes by the files of the moment in which it begins, however long the client takes for it. */
function rememberMakers(server: HttpServer & Server, inForce: () => TlsMaterial): void {
  const connecting = new Map<string, TlsMaterial>();
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    connecting.set(peer, inForce());
    socket.once('close', () => connecting.delete(peer));
  });
  server.on('secureConnection', (socket) => {
    const peer = peerOf(socket);
    madeBy.set(socket, { material: connecting.get(peer) ?? inForce(), inForce });
    connecting.delete(peer);
  });
}

/** Names a connection, the encrypted side of it as well as the plain one. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function toServerOptions({ cert, key, ca }: TlsMaterial): SecureContextOptions {
  // No CA must mean an empty list: left out, it would mean every public CA there is.
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ca: ca === undefined ? [] : [ca],
    minVersion: 'TLSv1.3',
  };
}
