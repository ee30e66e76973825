import type { InterLinkError } from '@interlink/protocol';
import type { Credentials } from './identity.ts';

/** RFC 6750's word for a token that is not taken, as the error's `reason`. */
export const invalidToken = 'invalid_token';

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
