import type { Authenticate, Logger } from '@interlink/service-kit';
import type { FastifyRequest } from 'fastify';
import type { Audit } from '../auth/audit.ts';
import type { Guard } from '../auth/guard.ts';
import type { RouteTable } from '../sidecar/routing/route-table.ts';
import type { SidecarLink } from '../sidecar/sidecar-link.ts';
import type { History } from './board/history.ts';
import type { OwnerBoard } from './board/owner-board.ts';
import type { PodBoard } from './board/pod-board.ts';
import type { Sessions } from './session/sessions.ts';

/** What the pages are made of. */
export interface Site {
  readonly routes: RouteTable;
  readonly guard: Guard;
  readonly audit: Audit;
  readonly board: PodBoard;
  readonly history: History;
  readonly sessions: Sessions;
  /** The gateway's own: a token that is pasted has to pass it. */
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}

/** The owners whose pods a request's sender may see, by name. */
export function visibleBoards({ board, guard, routes }: Site, request: FastifyRequest): OwnerBoard[] {
  return board.owners
    .filter(({ owner }) => guard.seesPodsOf(request, { owner, pool: routes.poolOf(owner) }))
    .toSorted((a, b) => compare(a.owner.node, b.owner.node) || compare(a.owner.cluster, b.owner.cluster));
}

/** All sidecars for who sees all owners; else those that have pods of owners that he may see. */
export function visibleLinks(site: Site, request: FastifyRequest, boards: ReadonlyArray<OwnerBoard>): SidecarLink[] {
  if (site.guard.seesAllOwners(request)) return [...site.routes.links];
  const theirs = new Set(boards.map(({ owner }) => site.routes.linkOf(owner)));
  return site.routes.links.filter((link) => theirs.has(link));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
