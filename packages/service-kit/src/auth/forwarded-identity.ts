import { InterLinkError } from '@interlink/protocol';
import type { Recognize } from './first-of.ts';

/** Longer ones are nobody's name. */
const maxNameLength = 512;

/**
 * Believes what oauth2-proxy says of the caller: `X-Forwarded-User` (the subject) and `X-Forwarded-Groups` (its groups, joined by
 * commas), which it sets and strips from what comes in by default (`--pass-user-headers`, `--skip-auth-strip-headers`; v7.8.1:
 * pkg/apis/options/legacy_options.go, pkg/middleware/headers.go). Only for a listener that nobody but oauth2-proxy's own account can
 * reach. A request without the header is one that oauth2-proxy let through unasked, and is nobody's.
 * @throws InterLinkError `unauthenticated` for a header that comes more than once
 */
export const forwardedIdentity: Recognize = async ({ headers }) => {
  const user = headers['x-forwarded-user'];
  if (user === undefined || user === '') return undefined;
  // Node joins repeated headers by commas: somebody else's beside the proxy's would look like that.
  if (Array.isArray(user) || user.length > maxNameLength || /[\s,]/.test(user)) {
    throw new InterLinkError('unauthenticated', 'X-Forwarded-User is not one name');
  }
  const groups = String(headers['x-forwarded-groups'] ?? '')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  return { name: `oidc:${user}`, groups };
};
