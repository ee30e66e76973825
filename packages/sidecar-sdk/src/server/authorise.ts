import { epochHeader, InterLinkError } from '@interlink/protocol';
import { type Denial, type Identity, identityOf, type Policy, readAccess } from '@interlink/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ownerOf } from './path.ts';

/** Routes that are about no pods. */
const withoutPods: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/metrics']);

/**
 * Holds callers to the grants of the configuration, all but the account itself, which is InterLink: who is let in at InterLink for
 * some owners must not reach the sidecar of the same site behind its back for all.
 */
export function authoriseRequests(app: FastifyInstance, policy: Policy): void {
  if (policy.isOpen) return;
  app.addHook('onRequest', async (request) => {
    const { url: route } = request.routeOptions;
    if (route === undefined || withoutPods.has(route)) return;
    const identity = identityOf(request);
    if (identity.name === 'account') return;
    const denial = decide(request, route, identity, policy);
    if (denial !== undefined) throw new InterLinkError('permission_denied', denial.message, { reason: denial.reason });
    // Of somebody who may change nothing there, it would end the turn of who may.
    if (route.startsWith('/v2/clusters/') && !policy.rightsOf(identity, ownerOf(request)).changes)
      delete request.headers[epochHeader];
  });
}

function decide(request: FastifyRequest, route: string, identity: Identity, policy: Policy): Denial | undefined {
  if (route.startsWith('/v2/clusters/')) return policy.decide(identity, readAccess(request.method, request.url));
  // v1 names no owner that could be believed.
  const isAllowed = route === '/v2/capabilities' ? policy.rightsOf(identity).any : policy.rightsOf(identity).allOwners;
  if (isAllowed) return undefined;
  return { reason: 'owner_not_granted', message: `${identity.name} may not act for all owners` };
}
