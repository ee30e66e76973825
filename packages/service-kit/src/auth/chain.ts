import { InterLinkError } from '@interlink/protocol';
import type { Authenticate, Credentials, Identity } from './identity.ts';

/**
 * One way to show who one is. Undefined: these credentials are not of my kind, or nobody's that I know. @throws InterLinkError
 * when they are of its kind and must not be tried any further: `unauthenticated`, `permission_denied`, `unavailable`
 */
export type AuthenticationLink = (credentials: Credentials) => Promise<Identity | undefined>;

/** RFC 6750's word for a token that is not taken, as the error's `reason`. */
export const invalidToken = 'invalid_token';

/** Lets in whom the first link that knows somebody says. */
export function firstOf(links: ReadonlyArray<AuthenticationLink>): Authenticate {
  return async (credentials) => {
    for (const link of links) {
      const identity = await link(credentials);
      if (identity !== undefined) return identity;
    }
    if (bearerOf(credentials) === undefined)
      throw new InterLinkError('unauthenticated', 'A bearer token is wanted: Authorization: Bearer …');
    throw new InterLinkError('unauthenticated', 'The bearer token is not the right one', { reason: invalidToken });
  };
}

/** The bearer token that is shown, if one is (RFC 6750, section 2.1). */
export function bearerOf({ headers: { authorization } }: Credentials): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** What to answer to somebody who is not let in (RFC 6750, section 3): no error when nothing was shown, else which, and why. */
export function challengeOf({ reason, message }: InterLinkError): string {
  if (reason !== invalidToken) return 'Bearer';
  const description = message.replaceAll(/[^\x20-\x7e]/g, ' ').replaceAll(/["\\]/g, "'");
  return `Bearer error="${reason}", error_description="${description}"`;
}
