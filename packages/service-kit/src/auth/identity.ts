import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { InterLinkError } from '@interlink/protocol';
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
 * @param onRefused told of each that is not let in, for whatever it has shown or lacks
 */
export function authenticateRequests(
  app: FastifyInstance,
  wayOf: (request: FastifyRequest) => Authenticate,
  isOpen: (request: FastifyRequest) => boolean,
  onRefused: (error: InterLinkError, request: FastifyRequest) => void = () => undefined,
): void {
  app.decorateRequest(decorator);
  app.addHook('onRequest', async (request) => {
    if (isOpen(request)) return;
    const { headers, socket } = request.raw;
    try {
      request.setDecorator<Identity>(decorator, await wayOf(request)({ headers, socket }));
    } catch (thrown) {
      if (thrown instanceof InterLinkError && isRefusal(thrown)) onRefused(thrown, request);
      throw thrown;
    }
  });
}

/** Whether somebody is not let in for what he is, or has not shown; anything else passes without him. */
export function isRefusal({ code }: InterLinkError): boolean {
  return code === 'unauthenticated' || code === 'permission_denied';
}

/** Who sent a request that was let in. */
export function identityOf(request: FastifyRequest): Identity {
  return request.getDecorator<Identity>(decorator);
}
