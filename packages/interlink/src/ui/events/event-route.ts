import type { Writable } from 'node:stream';
import type { Owner } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from '../security-headers.ts';
import type { Site } from '../site.ts';
import { EventFeed, readPlace } from './event-feed.ts';

/** What happens in this time is told at once. */
const tickMs = 1_000;
/** Something is written at least this often: a proxy between may end what is silent. */
const heartbeatTicks = 15;
/** Then the reader comes again, and is asked again who he is. */
const maxTicks = 300;

/**
 * The changes as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): `pods` with what changed, `stale`
 * for a page that is to be loaded again. The query has `watch=true`, by which a stream is known and counted as one.
 */
export function serveEvents(ui: FastifyInstance, { board, guard, routes }: Site): void {
  ui.get('/events', async (request, reply) => {
    guard.assertAnything(request);
    const { after } = request.query as { after?: unknown };
    const place = readPlace(board, request.headers['last-event-id'] ?? after);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    raw.write('retry: 3000\n\n');
    if (place === undefined) {
      raw.end(eventOf('stale', `${board.instance}-${board.sequence}`, {}));
      return reply;
    }
    const sees = (owner: Owner) => guard.seesPodsOf(request, { owner, pool: routes.poolOf(owner) });
    follow(raw, new EventFeed(board, place, sees));
    return reply;
  });
}

/** Writes what a feed has, once a second, until the response has been open for long enough. */
export function follow(response: Writable, feed: Pick<EventFeed, 'place' | 'next'>): void {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (ticks > maxTicks) return void response.end();
    // Whoever is behind is told later, and then of the newest only.
    if (response.writableNeedDrain) return;
    const changes = feed.next();
    if (changes !== undefined) response.write(eventOf('pods', feed.place, changes));
    else if (ticks % heartbeatTicks === 0) response.write(`id: ${feed.place}\n: \n\n`);
  }, tickMs).unref();
  response.once('close', () => clearInterval(timer));
}

/** JSON has no line feeds, which would end the data. */
function eventOf(event: string, id: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
