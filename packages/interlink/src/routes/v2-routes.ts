import { pipeline } from 'node:stream/promises';
import { InterLinkError, type Owner } from '@interlink/protocol';
import { hasUpgrade, plainPathOf, readAccess } from '@interlink/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Guard } from '../auth/guard.ts';
import type { SidecarLink } from '../sidecar/sidecar-link.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { pick } from './pick-headers.ts';

/** Headers that go through; everything else, `Authorization` above all, is between two neighbours only. */
const requestHeaders = ['content-type', 'content-length', 'accept', 'traceparent', 'tracestate', 'interlink-epoch'];
const responseHeaders = ['content-type', 'content-length', 'cache-control'];

/** A create may wait for a slow backend; a stream answers at once. */
const headersTimeoutMs = 60_000;

/**
 * Protocol v2: InterLink serves what its sidecar serves. Bodies and streams pass through unread; the path alone says whose pods
 * a request is about.
 */
export function serveV2(app: FastifyInstance, sidecar: SidecarLink, guard: Guard): void {
  const pass = async (request: FastifyRequest, reply: FastifyReply) => {
    const generation = await sidecar.generation();
    if (generation.protocol === 'v2') {
      return await (hasUpgrade(request) ? forwardUpgrade : forward)(request, reply, sidecar);
    }
    reply.hijack();
    generation.adapter.app.routing(request.raw, reply.raw);
    return reply;
  };
  const capabilities = async (request: FastifyRequest, reply: FastifyReply, owner?: Owner) =>
    guard.isOpen
      ? await pass(request, reply)
      : await reply.send(guard.visible(request, await askCapabilities(request, sidecar), owner));

  app.get('/v2/capabilities', async (request, reply) => {
    plainPathOf(request.url);
    guard.assertAnything(request);
    return await capabilities(request, reply);
  });
  app.all('/v2/clusters/:cluster/nodes/:node/*', async (request, reply) => {
    const access = readAccess(request.method, request.url);
    guard.authorise(request, access);
    return await (access.verb === 'capabilities' ? capabilities(request, reply, access.owner) : pass(request, reply));
  });
}

async function askCapabilities(request: FastifyRequest, sidecar: SidecarLink): Promise<unknown> {
  const generation = await sidecar.generation();
  if (generation.protocol === 'v1') return await generation.adapter.service.capabilities();
  const headers = pick(request.headers, requestHeaders);
  return await (await sidecar.target.call({ method: 'GET', path: request.url, headers })).body.json();
}

async function forward(request: FastifyRequest, reply: FastifyReply, sidecar: SidecarLink): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new InterLinkError('cancelled', 'The caller has gone')));
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  const response = await sidecar.target.send({
    method: request.method as 'GET',
    path: request.url,
    headers: pick(request.headers, requestHeaders),
    ...(hasBody ? { body: request.raw } : {}),
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
