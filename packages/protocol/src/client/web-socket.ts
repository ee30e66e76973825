import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { InterLinkError } from '../errors/interlink-error.ts';
import { parseProblem } from '../errors/problem.ts';
import { streamProtocol, webSocketLimits } from '../streaming/channels.ts';
import { endWhenLost } from './lost-peers.ts';
import { type ClientTls, type PeerAddress, toTlsOptions } from './peer-address.ts';

/** The peer answers once the command runs or the port is reached. */
const handshakeTimeoutMs = 60_000;
/** More of a refusal is not read. */
const maxProblemBytes = 64 * 1024;

export interface WebSocketRequest {
  readonly address: PeerAddress;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly tls: ClientTls;
  readonly signal: AbortSignal;
}

/**
 * Opens a WebSocket of the streaming protocol. `accept` is called in the turn in which it opens, so that no message is missed.
 * @throws InterLinkError as the peer's answer tells, `unavailable` when there is none, `cancelled` by the signal
 */
export async function openWebSocket<T>(request: WebSocketRequest, accept: (socket: WebSocket) => T): Promise<T> {
  const { address, path, headers, tls, signal } = request;
  signal.throwIfAborted();
  const { socketPath } = address;
  const socket = new WebSocket(`${address.origin.replace(/^http/, 'ws')}${path}`, streamProtocol, {
    headers,
    ...toTlsOptions(tls),
    ...(socketPath === undefined ? {} : { createConnection: () => connect(socketPath) }),
    ...webSocketLimits,
  });
  const opened = Promise.withResolvers<T>();
  const abandon = (reason: InterLinkError) => {
    opened.reject(reason);
    socket.terminate();
  };
  const abort = () => abandon(InterLinkError.from(signal.reason));
  const timer = setTimeout(
    () => abandon(new InterLinkError('deadline_exceeded', 'The peer does not answer')),
    handshakeTimeoutMs,
  );
  signal.addEventListener('abort', abort, { once: true });
  socket.on('error', (error) => opened.reject(error));
  socket.once('unexpected-response', (_request, response) => {
    readProblem(response).then(opened.reject, opened.reject);
  });
  socket.once('upgrade', (response) => endWhenLost(response.socket));
  socket.once('open', () => opened.resolve(accept(socket)));
  try {
    return await opened.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

async function readProblem(response: IncomingMessage): Promise<InterLinkError> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxProblemBytes) break;
  }
  return parseProblem(response.statusCode ?? 500, Buffer.concat(chunks).toString('utf8'));
}
