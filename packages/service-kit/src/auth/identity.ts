import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Who a caller turned out to be. */
export interface Identity {
  /** Tells apart all that may call, as logs and grants have it: `account`, `token:NAME`, `certificate:CN`, `oidc:SUBJECT`. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** What a caller shows of itself: its headers, and the connection that it came by. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** Lets a request in as somebody, or throws `unauthenticated`. */
export type Authenticate = (credentials: Credentials) => Promise<Identity>;

const decorator = 'interlinkIdentity';

/**
 * Asks who sends a request before anything else of it, but for the paths that tell nothing.
 * @param wayOf how the senders of requests for this path are known
 */
export function authenticateRequests(
  app: FastifyInstance,
  wayOf: (request: FastifyRequest) => Authenticate,
  isOpen: (request: FastifyRequest) => boolean,
): void {
  app.decorateRequest(decorator);
  app.addHook('onRequest', async (request) => {
    if (isOpen(request)) return;
    const { headers, socket } = request.raw;
    request.setDecorator<Identity>(decorator, await wayOf(request)({ headers, socket }));
  });
}

/** Who sent a request that was let in. */
export function identityOf(request: FastifyRequest): Identity {
  return request.getDecorator<Identity>(decorator);
}
