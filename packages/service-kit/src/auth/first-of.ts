import { InterLinkError } from '@interlink/protocol';
import type { Authenticate, Credentials, Identity } from './identity.ts';

/**
 * One way to be known: who the caller is, undefined when it shows nothing of this kind. What is shown and no good is refused by
 * throwing `unauthenticated`, whatever else the caller may have.
 */
export type Recognize = (credentials: Credentials) => Promise<Identity | undefined>;

/** Lets in by the first way that knows the caller. */
export function firstOf(...ways: readonly Recognize[]): Authenticate {
  return async (credentials) => {
    for (const recognize of ways) {
      const identity = await recognize(credentials);
      if (identity !== undefined) return identity;
    }
    throw new InterLinkError('unauthenticated', 'Nothing is shown that this address asks for');
  };
}
