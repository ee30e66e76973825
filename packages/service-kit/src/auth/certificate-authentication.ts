import { type PeerCertificate, TLSSocket } from 'node:tls';
import { InterLinkError } from '@interlink/protocol';
import { isVerifiedByFormerCa } from '../tls/tls-server.ts';
import type { Recognize } from './first-of.ts';
import type { Identity } from './identity.ts';

/**
 * Whoever shows a client certificate of the listener's CA is its common name, in the groups of its organizations, as Kubernetes has
 * it (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates). One that is no good is
 * refused; who shows none is unknown here.
 */
export const certificateAuthentication: Recognize = async ({ socket }) => {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  if (certificate.valid_to === undefined) return undefined;
  // A certificate of a foreign CA has a subject too: before `authorized` nothing in it may be read.
  if (!socket.authorized) throw refused(`${socket.authorizationError}`);
  if (isVerifiedByFormerCa(socket)) {
    throw new InterLinkError('unavailable', 'The CA of client certificates has changed: connect again');
  }
  return toIdentity(certificate.subject, Date.parse(certificate.valid_to), Date.now());
};

/** @throws InterLinkError `unauthenticated` for a certificate that names nobody, or whose time ended after the connection was made */
export function toIdentity(
  subject: PeerCertificate['subject'] | undefined,
  validToMs: number,
  nowMs: number,
): Identity {
  const name = toList(subject?.CN).at(-1);
  if (name === undefined || name === '') throw refused('it has no common name');
  if (!(nowMs <= validToMs)) throw refused('CERT_HAS_EXPIRED');
  return { name: `certificate:${name}`, groups: toList(subject?.O) };
}

function refused(reason: string): InterLinkError {
  return new InterLinkError('unauthenticated', `The client certificate is refused: ${reason}`);
}

/** A name part that occurs more than once is an array. */
function toList(part: string | string[] | undefined): string[] {
  if (part === undefined) return [];
  return Array.isArray(part) ? part : [part];
}
