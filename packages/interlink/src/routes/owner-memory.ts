import type { Owner } from '@interlink/protocol';

/** Owners remembered at most. */
const capacity = 20_000;

/** Whose pod a UID is, for v1's log requests, which don't say. Filled by every create and status; the oldest are forgotten. */
export class OwnerMemory {
  readonly #owners = new Map<string, Owner>();

  remember(uid: string, owner: Owner): void {
    this.#owners.delete(uid);
    this.#owners.set(uid, owner);
    if (this.#owners.size <= capacity) return;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }

  recall(uid: string): Owner | undefined {
    return this.#owners.get(uid);
  }
}
