import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InterLinkError, parseLogQuery, parseName } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from '../security-headers.ts';
import type { Site } from '../site.ts';
import { readPodPath } from './page-routes.ts';

/** A container's log as protocol v2 has it, for who is signed in here: the session counts for no path of the protocol. */
export function serveLog(ui: FastifyInstance, { routes, guard }: Site): void {
  ui.get('/pods/:cluster/:node/:uid/containers/:container/log', async (request, reply) => {
    const { owner, uid } = readPodPath(request);
    const container = parseName('a container name', (request.params as { container?: unknown }).container);
    guard.authorise(request, { owner, verb: 'log', uid, container, pool: routes.poolOf(owner) });
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new InterLinkError('cancelled', 'The caller has gone')));
    const options = parseLogQuery(request.query as Record<string, unknown>);
    const pods = await routes.podsOf(owner);
    const log = await pods.logs(uid, container, options, gone.signal);
    reply.hijack();
    // Whatever is in it, it is text: browsers must not make anything else of it.
    const headers = { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    reply.raw.writeHead(200, headers);
    reply.raw.flushHeaders();
    try {
      await pipeline(Readable.from(log), reply.raw);
    } catch (error) {
      request.log.debug({ err: error }, 'log cut off');
      reply.raw.destroy();
    }
    return reply;
  });
}
