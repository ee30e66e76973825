import { InterLinkError, toHttpStatus } from '@interlink/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { serveEvents } from './events/event-route.ts';
import { renderTroublePage } from './pages/trouble-page.ts';
import { serveAssets } from './routes/asset-route.ts';
import { serveLog } from './routes/log-route.ts';
import { servePages, viewerOf } from './routes/page-routes.ts';
import { serveSignIn } from './routes/sign-in-routes.ts';
import { securityHeaders } from './security-headers.ts';
import type { Site } from './site.ts';

/** The operator's pages under `/ui`. They only read, and show what the gateway's own policy lets their reader see. */
export function serveUi(app: FastifyInstance, site: Site): void {
  const routes = (ui: FastifyInstance, _options: object, done: () => void) => {
    ui.addHook('onSend', async (_request, reply, payload) => {
      reply.headers(securityHeaders);
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
      return payload;
    });
    ui.setErrorHandler(async (thrown, request, reply) => await answerTrouble(site, thrown, { request, reply }));
    ui.setNotFoundHandler(async () => {
      throw new InterLinkError('not_found', 'There is no such page');
    });
    serveAssets(ui);
    serveSignIn(ui, site);
    servePages(ui, site);
    serveLog(ui, site);
    serveEvents(ui, site);
    done();
  };
  app.register(routes, { prefix: '/ui' });
}

const titles: Readonly<Record<number, string>> = { 403: 'Not for you', 404: 'Not here', 429: 'Too much at once' };

/** Whoever is not known is asked for a token; what asks for no page is told in plain text. */
async function answerTrouble(
  site: Site,
  thrown: unknown,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const error = InterLinkError.from(thrown);
  const { code, message, retryAfterSeconds } = error;
  if (code === 'internal' || code === 'unknown') request.log.error({ err: thrown }, 'page failed');
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const status = toHttpStatus(code);
  const wantsPage = request.headers.accept?.includes('text/html') === true;
  if (code === 'unauthenticated' && wantsPage) return await reply.redirect('/ui/sign-in', 303);
  if (!wantsPage) return await reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
  const viewer = code === 'unauthenticated' || isOpen(request) ? undefined : viewerOf(site, request);
  const page = renderTroublePage(titles[status] ?? 'Not possible', message, viewer);
  return await reply.code(status).type('text/html; charset=utf-8').send(page);
}

/** Nobody is asked there who he is. */
function isOpen({ routeOptions }: FastifyRequest): boolean {
  return /^\/ui\/(sign-in|sign-out|assets\/)/.test(routeOptions.url ?? '');
}
