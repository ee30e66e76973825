import { createHash, randomBytes } from 'node:crypto';

/** A session ends after this, however much it is used. */
export const sessionLifetimeMs = 60 * 60 * 1_000;
/** Of one identity, and in all; the oldest goes. */
const maxPerIdentity = 20;
const maxSessions = 1_000;

interface Session {
  readonly identity: string;
  /** Shown again to the gateway's own authentication at each request: a token that is no longer good ends its sessions, too. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Who is signed in at the pages. In memory, and gone with the process; a cookie holds a random number and nothing else. */
export class Sessions {
  /** By a hash of that number, so that how long a look takes tells nothing about it. Oldest first. */
  readonly #sessions = new Map<string, Session>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns what the cookie is to hold */
  open(identity: string, token: string): string {
    this.#forgetEnded();
    const own = [...this.#sessions].filter(([, session]) => session.identity === identity);
    for (const [key] of own.slice(0, Math.max(0, own.length - maxPerIdentity + 1))) this.#sessions.delete(key);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= maxSessions && oldest !== undefined) this.#sessions.delete(oldest);
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(keyOf(id), { identity, token, endsAt: this.#now() + sessionLifetimeMs });
    return id;
  }

  /** The token that this session was opened by; undefined when there is none, or no more. */
  tokenOf(id: string): string | undefined {
    const session = this.#sessions.get(keyOf(id));
    return session !== undefined && session.endsAt > this.#now() ? session.token : undefined;
  }

  close(id: string): void {
    this.#sessions.delete(keyOf(id));
  }

  #forgetEnded(): void {
    const now = this.#now();
    for (const [key, { endsAt }] of this.#sessions) if (endsAt <= now) this.#sessions.delete(key);
  }
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}
