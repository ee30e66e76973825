import { ownerKey } from '@interlink/protocol';
import { type Access, type Denial, type Identity, isReadVerb, type Logger } from '@interlink/service-kit';

/** Denials of one identity for one reason are told once in this time, with their number. */
const windowMs = 1_000;
/** Identities and reasons that are counted at a time; beyond, all share one count. */
const maxWindows = 1_000;

export interface Decision {
  readonly identity: Identity;
  readonly access: Access;
  readonly denial: Denial | undefined;
  readonly requestId: string;
}

/**
 * A log line, with `audit: true`, per decision: who, what, for whom, how it ended and why. Never a body, a command or a token. What
 * only reads and is allowed is at debug. A flood of denials is a line a second.
 */
export class Audit {
  readonly #logger: Logger;
  /** Denials that were not told since the last line, and by whom. */
  readonly #windows = new Map<string, { untold: number; last: Decision }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  record(decision: Decision): void {
    const { identity, access, denial } = decision;
    if (denial === undefined) {
      this.#logger[isReadVerb(access.verb) ? 'debug' : 'info'](fieldsOf(decision), 'allowed');
      return;
    }
    const key = this.#windows.size < maxWindows ? JSON.stringify([identity.name, denial.reason]) : '';
    const open = this.#windows.get(key);
    if (open !== undefined) {
      open.untold += 1;
      open.last = decision;
      return;
    }
    this.#logger.info(fieldsOf(decision), 'denied');
    this.#openWindow(key, decision);
  }

  #openWindow(key: string, last: Decision): void {
    this.#windows.set(key, { untold: 0, last });
    setTimeout(() => this.#closeWindow(key), windowMs).unref();
  }

  #closeWindow(key: string): void {
    const window = this.#windows.get(key);
    this.#windows.delete(key);
    if (window === undefined || window.untold === 0) return;
    this.#logger.info({ ...fieldsOf(window.last), count: window.untold }, 'denied');
    this.#openWindow(key, window.last);
  }
}

function fieldsOf({ identity, access, denial, requestId }: Decision) {
  const { owner, verb, uid, container } = access;
  return {
    audit: true,
    identity: identity.name,
    verb,
    owner: ownerKey(owner),
    podUid: uid,
    container,
    outcome: denial === undefined ? 'allowed' : 'denied',
    reason: denial?.reason,
    requestId,
  };
}
