import { createHash, timingSafeEqual } from 'node:crypto';
import { InterLinkError } from '@interlink/protocol';
import type { TokenFile } from './token-file.ts';

/** Lets a request in, or throws `unauthenticated`. It is given the `Authorization` header and nothing else. */
export type Authenticate = (authorization: string | undefined) => Promise<void>;

/** Callers must show the token of this file. Compared in constant time. */
export function bearerAuthentication(tokenFile: TokenFile): Authenticate {
  return async (authorization) => {
    const shown = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (shown === undefined)
      throw new InterLinkError('unauthenticated', 'A bearer token is wanted: Authorization: Bearer …');
    if (!timingSafeEqual(digest(shown), digest(await tokenFile.current()))) {
      throw new InterLinkError('unauthenticated', 'The bearer token is not the right one');
    }
  };
}

/** For a unix socket in a folder that only its account can enter, and for `Auth.AllowUnauthenticated`. */
export const noAuthentication: Authenticate = async () => undefined;

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
