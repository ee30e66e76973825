import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { InterLinkError, joinConnections } from '@interlink/protocol';
import { requestIdHeader, takeUpgrade } from '@interlink/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SidecarLink } from '../sidecar/sidecar-link.ts';
import { pick } from './pick-headers.ts';

/** What of the handshake is between the caller and the sidecar. Extensions are not: nobody here offers one. */
const requestHeaders = [
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'traceparent',
  'tracestate',
  'interlink-epoch',
  requestIdHeader,
];
const responseHeaders = ['upgrade', 'sec-websocket-accept', 'sec-websocket-protocol'];
const refusalHeaders = ['content-type', 'content-length', 'retry-after'];

/** What may be upgraded, under an owner. */
const streamPath = /^pods\/[^/]+\/(containers\/[^/]+\/(exec|attach)|portforward)$/;

/** The sidecar answers once a command runs or a port is reached. */
const headersTimeoutMs = 60_000;
/** A caller that was sent everything and does not close is closed after this long. */
const lingerMs = 30_000;

/**
 * Passes an upgrade on to the sidecar: from its answer on, the two connections are one, and no byte of it is looked at. A refusal
 * is passed on as it is. @throws InterLinkError `not_found` for a path that nobody upgrades, as {@link SidecarLink}
 */
export async function forwardUpgrade(
  request: FastifyRequest,
  reply: FastifyReply,
  sidecar: SidecarLink,
): Promise<FastifyReply> {
  const rest = (request.params as { '*'?: string })['*'] ?? '';
  if (!streamPath.test(rest)) throw new InterLinkError('not_found', 'Nothing answers WebSockets on this path');
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new InterLinkError('cancelled', 'The caller has gone')));
  const answer = await sidecar.target.upgrade({
    path: request.url,
    headers: { connection: 'Upgrade', ...pick(request.headers, requestHeaders) },
    signal: gone.signal,
    headersTimeoutMs,
  });
  if (answer.socket === undefined) return await passRefusal(reply, answer.response);
  join(request, reply, answer);
  return reply;
}

async function passRefusal(reply: FastifyReply, response: IncomingMessage): Promise<FastifyReply> {
  return await reply
    .code(response.statusCode ?? 500)
    .headers(pick(response.headers, refusalHeaders))
    .send(response);
}

function join(
  request: FastifyRequest,
  reply: FastifyReply,
  { response, socket: sidecar, head: first }: { response: IncomingMessage; socket: Socket; head: Buffer },
): void {
  try {
    const { socket: caller, head } = takeUpgrade(request, reply);
    sidecar.setNoDelay(true);
    caller.setNoDelay(true);
    caller.write(renderSwitch(pick(response.headers, responseHeaders)));
    if (first.length > 0) sidecar.unshift(first);
    if (head.length > 0) caller.unshift(head);
    joinConnections(caller, sidecar).catch((error: unknown) => request.log.error({ err: error }, 'stream failed'));
    caller.once('finish', () => setTimeout(() => caller.destroy(), lingerMs).unref());
  } catch (error) {
    sidecar.destroy();
    throw error;
  }
}

function renderSwitch(headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', ...lines, '', ''].join('\r\n');
}
