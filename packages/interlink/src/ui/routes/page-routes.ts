import { InterLinkError, type Owner, parseName, parseOwner } from '@interlink/protocol';
import { identityOf } from '@interlink/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PodEntry } from '../board/owner-board.ts';
import type { PodBoard } from '../board/pod-board.ts';
import { readReport } from '../board/pod-row.ts';
import type { Viewer } from '../html/page.ts';
import { renderOverviewPage } from '../pages/overview-page.ts';
import { renderPodPage } from '../pages/pod-page.ts';
import { readPodFilter, renderPodsPage } from '../pages/pods-page.ts';
import { renderScriptPage } from '../pages/script-page.ts';
import { sessionTokenOf } from '../session/page-authentication.ts';
import { type Site, visibleBoards, visibleLinks } from '../site.ts';

/** The pages themselves: each asks the gateway's policy before it shows anything. */
export function servePages(ui: FastifyInstance, site: Site): void {
  const { routes, guard, board } = site;
  const frameOf = (request: FastifyRequest) => ({
    viewer: viewerOf(site, request),
    now: Date.now(),
    after: `${board.instance}-${board.sequence}`,
  });

  ui.get('/', async (request, reply) => {
    guard.assertAnything(request);
    const boards = visibleBoards(site, request);
    const sidecars = visibleLinks(site, request, boards).map(({ route, trouble }) => ({ name: route.name, trouble }));
    const sidecarOf = ({ owner }: { owner: Owner }) => routes.linkOf(owner).route.name;
    const page = renderOverviewPage({
      ...{ ...frameOf(request), boards, sidecars, sidecarOf, history: site.history },
      seesAllOwners: guard.seesAllOwners(request),
    });
    return await send(reply, page);
  });

  ui.get('/pods', async (request, reply) => {
    guard.assertAnything(request);
    const filter = readPodFilter(request.query as Record<string, unknown>);
    return await send(reply, renderPodsPage({ ...frameOf(request), boards: visibleBoards(site, request), filter }));
  });

  ui.get('/pods/:cluster/:node/:uid', async (request, reply) => {
    const { owner, uid } = readPodPath(request);
    guard.authorise(request, { owner, verb: 'list', uid, pool: routes.poolOf(owner) });
    const entry = podOf(board, owner, uid);
    const { container } = request.query as { container?: unknown };
    const page = renderPodPage({
      ...{ ...frameOf(request), entry, report: readReport(entry.text) },
      hasScript: routes.linkOf(owner).announces('rendering'),
      events: board.ownerBoard(owner)?.eventsOf(uid) ?? [],
      container: typeof container === 'string' ? container : undefined,
    });
    return await send(reply, page);
  });

  ui.get('/pods/:cluster/:node/:uid/script', async (request, reply) => {
    const { owner, uid } = readPodPath(request);
    guard.authorise(request, { owner, verb: 'rendering', uid, pool: routes.poolOf(owner) });
    const entry = podOf(board, owner, uid);
    const rendering = await (await routes.podsOf(owner)).rendering(uid);
    return await send(reply, renderScriptPage({ viewer: viewerOf(site, request), entry, rendering }));
  });
}

/** @throws InterLinkError `not_found` */
function podOf(board: PodBoard, owner: Owner, uid: string): PodEntry {
  const entry = board.podOf(owner, uid);
  if (entry === undefined) throw new InterLinkError('not_found', 'The backend has no such pod, or has it no more');
  return entry;
}

/** Whose pod a path is about. @throws InterLinkError `invalid_argument` */
export function readPodPath({ params }: FastifyRequest): { owner: Owner; uid: string } {
  const { cluster, node, uid } = params as Record<string, unknown>;
  return { owner: parseOwner({ cluster, node }), uid: parseName('a pod UID', uid) };
}

/** Who looks, as the top of each page has it. */
export function viewerOf({ sessions }: Site, request: FastifyRequest): Viewer {
  return { name: identityOf(request).name, hasSession: sessionTokenOf(request, sessions) !== undefined };
}

async function send(reply: FastifyReply, page: string): Promise<FastifyReply> {
  return await reply.type('text/html; charset=utf-8').send(page);
}
