import { pipeline } from 'node:stream/promises';
import { InterLinkError, type Owner, parseCapabilities, readJson, smallBody } from '@interlink/protocol';
import { hasUpgrade, plainPathOf, readAccess, requestIdHeader } from '@interlink/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Guard } from '../auth/guard.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { isStream } from '../fan-out/shared-watch.ts';
import { type TellCapabilities, tellingStream } from '../fan-out/told-capabilities.ts';
import { readWatchQuery } from '../fan-out/watch-query.ts';
import { capabilitiesOf, onlyPool } from '../sidecar/routing/capabilities-of.ts';
import type { RouteTable } from '../sidecar/routing/route-table.ts';
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

/** An answer that is known to be no longer is passed on in one piece, which costs half of what a stream does. */
const onePieceBytes = 64 * 1024;

interface V2Parts {
  readonly routes: RouteTable;
  readonly guard: Guard;
  readonly fanOut: FanOut;
}

/**
 * Protocol v2: InterLink serves what its sidecar serves. Bodies and streams pass through unread; the path alone says whose pods
 * a request is about. But watches of the same pods share one stream of the sidecar.
 */
export function serveV2(app: FastifyInstance, { routes, guard, fanOut }: V2Parts): void {
  const tellOf = (request: FastifyRequest, { route }: SidecarLink, owner: Owner): TellCapabilities | undefined => {
    if (guard.isOpen && route.pool === undefined) return undefined;
    return (told) => guard.visible(request, ofPool(told, route.pool), owner);
  };
  const pass = async (request: FastifyRequest, reply: FastifyReply, sidecar: SidecarLink, owner: Owner) => {
    const generation = await sidecar.generation();
    if (generation.protocol === 'v2') {
      if (hasUpgrade(request)) return await forwardUpgrade(request, reply, sidecar);
      const tell = tellOf(request, sidecar, owner);
      const watch = readWatchQuery(request);
      if (watch === undefined) return await forward(request, reply, sidecar, tell);
      return await fanOut.serve(request, reply, { ...watch, owner, target: sidecar.target, tell });
    }
    if (readWatchQuery(request)?.isOnlooker === false)
      void fanOut.tellOf(owner, generation.adapter.service.logOf(owner), endOf(reply));
    reply.hijack();
    generation.adapter.app.routing(request.raw, reply.raw);
    return reply;
  };
  app.get('/v2/capabilities', async (request, reply) => {
    plainPathOf(request.url);
    guard.assertAnything(request);
    const [only, ...others] = routes.links;
    const isOne = only !== undefined && others.length === 0;
    const told = isOne ? await askCapabilities(request, only) : await capabilitiesOf(routes.links);
    return await reply.send(guard.visible(request, told));
  });
  app.all('/v2/clusters/:cluster/nodes/:node/*', async (request, reply) => {
    const access = readAccess(request.method, request.url);
    guard.authoriseTurn(request, { ...access, pool: routes.poolOf(access.owner) });
    const sidecar = routes.linkOf(access.owner);
    if (access.verb !== 'capabilities') return await pass(request, reply, sidecar, access.owner);
    return await reply.send(guard.visible(request, await askCapabilities(request, sidecar), access.owner));
  });
}

/** What a sidecar says that it can do; where a node stands for one pool of it, of that pool alone. */
async function askCapabilities(request: FastifyRequest, sidecar: SidecarLink): Promise<unknown> {
  const generation = await sidecar.generation();
  if (generation.protocol === 'v1') return await generation.adapter.service.capabilities();
  const headers = pick(request.headers, requestHeaders);
  const { body } = await sidecar.target.call({ method: 'GET', path: request.url, headers });
  return ofPool(await readJson(body, smallBody), sidecar.route.pool);
}

function ofPool(told: unknown, pool: string | undefined): unknown {
  return pool === undefined ? told : onlyPool(parseCapabilities(told), pool);
}

async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  sidecar: SidecarLink,
  tell: TellCapabilities | undefined,
): Promise<FastifyReply> {
  const signal = goneOf(reply);
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  const response = await sidecar.target.send({
    method: request.method as 'GET',
    path: request.url,
    headers: pick(request.headers, requestHeaders),
    ...(hasBody ? { body: limitBody(request) } : {}),
    signal,
    headersTimeoutMs,
    isStream: isEndless(request),
  });
  const headers = pick(response.headers, responseHeaders);
  if (Number(headers['content-length'] ?? Number.NaN) <= onePieceBytes) {
    const piece = await response.body.bytes();
    reply.hijack();
    reply.raw.writeHead(response.statusCode, headers).end(piece);
    return reply;
  }
  reply.hijack();
  reply.raw.writeHead(response.statusCode, headers);
  reply.raw.flushHeaders();
  try {
    if (tell !== undefined && isStream(response.statusCode, response.headers))
      await pipeline(response.body, tellingStream(tell), reply.raw);
    else await pipeline(response.body, reply.raw);
  } catch (error) {
    // The answer has begun: cutting it off is all that is left, and tells the caller that it is not whole.
    request.log.debug({ err: error }, 'answer cut off');
    reply.raw.destroy();
  }
  return reply;
}

/** Aborts when the answer has ended, or its reader has gone. */
function endOf({ raw }: FastifyReply): AbortSignal {
  const end = new AbortController();
  raw.once('close', () => end.abort());
  return end.signal;
}

/** Aborts when the reader has gone before the answer's end. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new InterLinkError('cancelled', 'The caller has gone'));
  });
  return gone.signal;
}

/** A log may be followed for hours. */
function isEndless({ query }: FastifyRequest): boolean {
  const { follow, watch } = query as Record<string, unknown>;
  return follow === 'true' || watch === 'true';
}
