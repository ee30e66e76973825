import { pipeline } from 'node:stream/promises';
import { InterLinkError, parseOwner } from '@interlink/protocol';
import { hasUpgrade, requestIdHeader } from '@interlink/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SidecarLink } from '../sidecar/sidecar-link.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { limitBody } from './limit-body.ts';
import { pick } from './pick-headers.ts';

/** Headers that go through; everything else, `Authorization` above all, is between two neighbours only. */
const requestHeaders = [
  'content-type',
  'content-length',
  'accept',
  'traceparent',
  'tracestate',
  'interlink-epoch',
  requestIdHeader,
];
const responseHeaders = ['content-type', 'content-length', 'cache-control', 'retry-after'];

/** A create may wait for a slow backend; a stream answers at once. */
const headersTimeoutMs = 60_000;

/**
 * Protocol v2: InterLink serves what its sidecar serves. Bodies and streams pass through unread; the path alone says whose pods
 * a request is about.
 */
export function serveV2(app: FastifyInstance, sidecar: SidecarLink): void {
  const pass = async (request: FastifyRequest, reply: FastifyReply) => {
    const generation = await sidecar.generation();
    if (generation.protocol === 'v2') {
      return await (hasUpgrade(request) ? forwardUpgrade : forward)(request, reply, sidecar);
    }
    reply.hijack();
    generation.adapter.app.routing(request.raw, reply.raw);
    return reply;
  };
  app.get('/v2/capabilities', pass);
  app.all('/v2/clusters/:cluster/nodes/:node/*', async (request, reply) => {
    parseOwner(request.params as { cluster: string; node: string });
    return await pass(request, reply);
  });
}

async function forward(request: FastifyRequest, reply: FastifyReply, sidecar: SidecarLink): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new InterLinkError('cancelled', 'The caller has gone')));
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  const response = await sidecar.target.send({
    method: request.method as 'GET',
    path: request.url,
    headers: pick(request.headers, requestHeaders),
    ...(hasBody ? { body: limitBody(request) } : {}),
    signal: gone.signal,
    headersTimeoutMs,
  });
  reply.hijack();
  reply.raw.writeHead(response.statusCode, pick(response.headers, responseHeaders));
  reply.raw.flushHeaders();
  try {
    await pipeline(response.body, reply.raw);
  } catch (error) {
    // The answer has begun: cutting it off is all that is left, and tells the caller that it is not whole.
    request.log.debug({ err: error }, 'answer cut off');
    reply.raw.destroy();
  }
  return reply;
}
