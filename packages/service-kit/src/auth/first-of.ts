import { InterLinkError } from '@interlink/protocol';
import { bearerOf, invalidToken } from './bearer.ts';
import type { Authenticate, Credentials, Identity } from './identity.ts';

/**
 * One way to be known: who the caller is, undefined when it shows nothing of this kind, or nothing that is known. What must not be
 * tried any further is refused by throwing: `unauthenticated`, `permission_denied`, `unavailable`.
 */
export type Recognize = (credentials: Credentials) => Promise<Identity | undefined>;

/** Lets in by the first way that knows the caller. */
export function firstOf(...ways: readonly Recognize[]): Authenticate {
  return async (credentials) => {
    for (const recognize of ways) {
      const identity = await recognize(credentials);
      if (identity !== undefined) return identity;
    }
    if (bearerOf(credentials) === undefined)
      throw new InterLinkError('unauthenticated', 'A bearer token is wanted: Authorization: Bearer …');
    throw new InterLinkError('unauthenticated', 'The bearer token is not the right one', { reason: invalidToken });
  };
}
