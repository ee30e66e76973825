import { hash, timingSafeEqual } from 'node:crypto';
import { InterLinkError } from '@interlink/protocol';
import type { Logger } from '../process/logger.ts';
import { bearerOf } from './bearer.ts';
import { firstOf, type Recognize } from './first-of.ts';
import type { Authenticate, Identity } from './identity.ts';
import type { TokenFile } from './token-file.ts';

/** Whoever acts for the account that the process runs as. */
export const account: Identity = { name: 'account', groups: [] };

/** Whose token is in a file. */
export interface TokenHolder {
  readonly file: TokenFile;
  readonly identity: Identity;
}

/** Callers must show the token of this file, and are the account then. Compared in constant time. */
export function bearerAuthentication(tokenFile: TokenFile): Authenticate {
  return firstOf(async (credentials) => {
    const shown = bearerOf(credentials);
    return shown !== undefined && isSame(shown, await tokenFile.current()) ? account : undefined;
  });
}

/**
 * Knows callers by the tokens of these files, and takes as long whoever it is. A file that can't be read locks out its holder and
 * nobody else, and is told in the log, once for each reason.
 */
export function tokenAuthentication(holders: ReadonlyArray<TokenHolder>, logger: Logger): Recognize {
  const told = new Map<TokenHolder, string>();
  const tokenOf = async (holder: TokenHolder) => {
    try {
      const token = await holder.file.current();
      told.delete(holder);
      return token;
    } catch (error) {
      const { message } = InterLinkError.from(error);
      if (told.get(holder) !== message)
        logger.warn({ identity: holder.identity.name, err: error }, 'nobody can call by this token');
      told.set(holder, message);
      return undefined;
    }
  };
  return async (credentials) => {
    const shown = bearerOf(credentials);
    if (shown === undefined) return undefined;
    let found: Identity | undefined;
    for (const holder of holders) {
      const token = await tokenOf(holder);
      if (token !== undefined && isSame(shown, token)) found ??= holder.identity;
    }
    return found;
  };
}

/** For a unix socket in a folder that only its account can enter, and for `Auth.AllowUnauthenticated`. */
export const noAuthentication: Authenticate = async () => account;

function isSame(shown: string, token: string): boolean {
  return timingSafeEqual(digest(shown), digest(token));
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
