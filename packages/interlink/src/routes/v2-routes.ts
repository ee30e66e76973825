import { pipeline } from 'node:stream/promises';
import { InterLinkError, parseCapabilities, parseOwner, readJson, smallBody } from '@interlink/protocol';
import { hasUpgrade } from '@interlink/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { capabilitiesOf, onlyPool } from '../sidecar/routing/capabilities-of.ts';
import { poolLines } from '../sidecar/routing/pool-lines.ts';
import type { RouteTable } from '../sidecar/routing/route-table.ts';
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
export function serveV2(app: FastifyInstance, routes: RouteTable): void {
  const pass = async (request: FastifyRequest, reply: FastifyReply, sidecar: SidecarLink) => {
    const generation = await sidecar.generation();
    if (generation.protocol === 'v2') {
      if (sidecar.route.pool !== undefined && isCapabilities(request)) return await sendPool(request, reply, sidecar);
      return await (hasUpgrade(request) ? forwardUpgrade : forward)(request, reply, sidecar);
    }
    reply.hijack();
    generation.adapter.app.routing(request.raw, reply.raw);
    return reply;
  };
  app.get('/v2/capabilities', async (request, reply) => {
    const [only, ...others] = routes.links;
    if (only !== undefined && others.length === 0) return await pass(request, reply, only);
    return await reply.send(await capabilitiesOf(routes.links));
  });
  app.all('/v2/clusters/:cluster/nodes/:node/*', async (request, reply) => {
    const owner = parseOwner(request.params as { cluster: string; node: string });
    return await pass(request, reply, routes.linkOf(owner));
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
    ...(hasBody ? { body: request.raw } : {}),
    signal: gone.signal,
    headersTimeoutMs,
  });
  reply.hijack();
  reply.raw.writeHead(response.statusCode, pick(response.headers, responseHeaders));
  reply.raw.flushHeaders();
  const { pool } = sidecar.route;
  try {
    if (pool !== undefined && response.headers['content-type'] === 'application/x-ndjson')
      await pipeline(response.body, poolLines(pool), reply.raw);
    else await pipeline(response.body, reply.raw);
  } catch (error) {
    // The answer has begun: cutting it off is all that is left, and tells the caller that it is not whole.
    request.log.debug({ err: error }, 'answer cut off');
    reply.raw.destroy();
  }
  return reply;
}

function isCapabilities({ method, params }: FastifyRequest): boolean {
  return method === 'GET' && (params as { '*'?: string })['*'] === 'capabilities';
}

/** A node stands for one pool of its sidecar: it is told of no other. */
async function sendPool(request: FastifyRequest, reply: FastifyReply, { target, route }: SidecarLink) {
  const headers = pick(request.headers, requestHeaders);
  const { body } = await target.call({ method: 'GET', path: request.url, headers });
  return await reply.send(onlyPool(parseCapabilities(await readJson(body, smallBody)), route.pool));
}
