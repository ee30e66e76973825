import type { Authenticate, Credentials, Pages } from '@interlink/service-kit';
import { readSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

/**
 * Who looks at the pages: the holder of a session, who is asked for his token's worth each time, else whoever the gateway knows by
 * certificate, by its proxy, or by a token that is shown as ever.
 */
export function pageAuthentication(authenticate: Authenticate, sessions: Sessions): Pages {
  return {
    has: (path) => path === '/ui' || path.startsWith('/ui/'),
    isOpen: (path) => path === '/ui/sign-in' || path === '/ui/sign-out' || path.startsWith('/ui/assets/'),
    authenticate: async (credentials) => {
      const token = sessionTokenOf(credentials, sessions);
      return await authenticate(token === undefined ? credentials : withToken(credentials, token));
    },
  };
}

/** The token behind the session that is shown; undefined without one. */
export function sessionTokenOf({ headers }: Pick<Credentials, 'headers'>, sessions: Sessions): string | undefined {
  const id = readSessionCookie(headers);
  return id === undefined ? undefined : sessions.tokenOf(id);
}

/** The same caller showing this token, and no header beside it. */
export function withToken({ socket }: Credentials, token: string): Credentials {
  return { headers: { authorization: `Bearer ${token}` }, socket };
}
