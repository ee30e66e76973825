import type { IncomingMessage } from 'node:http';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/** Who somebody is, in the words of the Kubernetes API's reviews. */
export interface Identity {
  user: string;
  groups: readonly string[];
  uid?: string | undefined;
  extra?: Readonly<Record<string, string[]>> | undefined;
}

/** What a request proves itself with. */
export interface Credentials {
  /** Of the client certificate: verified against the client CA, for client use, within its time. */
  certificate?: Identity | undefined;
  /** Secret, and not yet checked by anybody. */
  bearerToken?: string | undefined;
}

/** Reads a request's credentials; nothing that was not verified is in `certificate`. */
export function readCredentials(request: IncomingMessage): Credentials {
  const { socket } = request;
  return {
    certificate: socket instanceof TLSSocket ? readCertificate(socket) : undefined,
    bearerToken: /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1],
  };
}

function readCertificate(socket: TLSSocket): Identity | undefined {
  // A certificate of a foreign CA has a subject too: before `authorized` nothing in it may be read.
  if (!socket.authorized) return undefined;
  return toIdentity(socket.getPeerCertificate(), Date.now());
}

/**
 * The user of a verified client certificate: its common name, in the groups of its organizations
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
 * @returns undefined when it names nobody, or when its time ended after the connection was made
 */
export function toIdentity(
  certificate: Pick<PeerCertificate, 'subject' | 'valid_to'>,
  nowMs: number,
): Identity | undefined {
  const names = toList(certificate.subject?.CN);
  const user = names[names.length - 1];
  if (user === undefined || user === '') return undefined;
  if (!(nowMs <= Date.parse(certificate.valid_to))) return undefined;
  return { user, groups: toList(certificate.subject.O) };
}

/** A name part that occurs more than once is an array. */
function toList(part: string | string[] | undefined): string[] {
  if (part === undefined) return [];
  return Array.isArray(part) ? part : [part];
}
