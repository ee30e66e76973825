import { createHash, timingSafeEqual } from 'node:crypto';
import { InterLinkError } from '@interlink/protocol';
import type { Authenticate, Identity } from './identity.ts';
import type { TokenFile } from './token-file.ts';

/** Whoever acts for the account that the process runs as. */
const account: Identity = { name: 'account', groups: [] };

/** Callers must show the token of this file, and are the account then. Compared in constant time. */
export function bearerAuthentication(tokenFile: TokenFile): Authenticate {
  return async ({ headers: { authorization } }) => {
    const shown = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (shown === undefined)
      throw new InterLinkError('unauthenticated', 'A bearer token is wanted: Authorization: Bearer …');
    if (!timingSafeEqual(digest(shown), digest(await tokenFile.current()))) {
      throw new InterLinkError('unauthenticated', 'The bearer token is not the right one');
    }
    return account;
  };
}

/** For a unix socket in a folder that only its account can enter, and for `Auth.AllowUnauthenticated`. */
export const noAuthentication: Authenticate = async () => account;

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
