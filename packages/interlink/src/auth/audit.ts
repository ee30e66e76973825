import { type InterLinkError, type Owner, ownerKey } from '@interlink/protocol';
import { type Access, type Denial, type Identity, isReadVerb, type Logger, readAccess } from '@interlink/service-kit';
import type { FastifyRequest } from 'fastify';
import { CountedLines } from './counted-lines.ts';

/** Denials of one identity for one reason are told once in this time, with their number. */
const denials = { windowMs: 1_000, maxKinds: 1_000 };
/** As {@link denials}, of those that nobody knows, by their address: whoever reaches the port can have as many as he likes. */
const refusals = { windowMs: 10_000, maxKinds: 100 };

/** What was asked for; without an owner, what is told of the whole site. */
export type AuditedAccess = Omit<Access, 'owner'> & { readonly owner?: Owner };

export interface Decision {
  readonly identity: Identity;
  readonly access: AuditedAccess;
  readonly denial: Denial | undefined;
  readonly requestId: string;
}

/** Somebody who was not let in. */
export interface Refusal {
  readonly error: InterLinkError;
  /** Where it came from; undefined for a unix socket. */
  readonly peer: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly requestId: string;
}

export function toRefusal(error: InterLinkError, { id, method, url, raw }: FastifyRequest): Refusal {
  return { error, peer: raw.socket.remoteAddress, method, url, requestId: id };
}

/**
 * A log line, with `audit: true`, per decision: who, what, for whom, how it ended and why. Never a body, a command or a token. What
 * only reads and is allowed is at debug, as it is asked for all the time, but for logs. A flood of denials is a line a second, one of
 * callers who are not let in a line in ten seconds for each address.
 */
export class Audit {
  readonly #logger: Logger;
  readonly #denials: CountedLines<object>;
  readonly #refusals: CountedLines<object>;

  constructor(logger: Logger) {
    this.#logger = logger;
    const write = (fields: object, count: number | undefined) =>
      logger.info(count === undefined ? fields : { ...fields, count }, 'denied');
    this.#denials = new CountedLines({ ...denials, write });
    this.#refusals = new CountedLines({ ...refusals, write });
  }

  record(decision: Decision): void {
    const { identity, access, denial } = decision;
    if (denial === undefined) this.#logger[isOften(access) ? 'debug' : 'info'](fieldsOf(decision), 'allowed');
    else this.#denials.add([identity.name, denial.reason], fieldsOf(decision));
  }

  /** Of somebody who is not known, or may not call at all: nothing that he has shown is written down. */
  refuse({ error, peer, method, url, requestId }: Refusal): void {
    const reason = error.reason ?? error.code;
    const { owner, ...access } = accessOf(method, url);
    const what = { ...access, owner: owner === undefined ? undefined : ownerKey(owner) };
    this.#refusals.add([peer ?? '', reason], {
      ...{ audit: true, peer, ...what, outcome: 'denied', reason, why: error.message, requestId },
    });
  }
}

function isOften({ verb }: AuditedAccess): boolean {
  return isReadVerb(verb) && verb !== 'log';
}

/** Of a path that the protocol has: any other may hold what its sender likes. */
function accessOf(method: string, url: string): { readonly verb?: string; readonly owner?: Owner } {
  try {
    const { verb, owner } = readAccess(method, url);
    return { verb, owner };
  } catch {
    return {};
  }
}

function fieldsOf({ identity, access, denial, requestId }: Decision) {
  const { owner, verb, uid, container } = access;
  return {
    audit: true,
    identity: identity.name,
    verb,
    owner: owner === undefined ? undefined : ownerKey(owner),
    podUid: uid,
    container,
    outcome: denial === undefined ? 'allowed' : 'denied',
    reason: denial?.reason,
    requestId,
  };
}
