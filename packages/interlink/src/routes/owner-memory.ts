import { type Owner, ownerKey } from '@interlink/protocol';

/** UIDs remembered at most. */
const capacity = 20_000;
/** One UID has one owner, but for somebody who made another's his own. */
const ownersPerUid = 8;

/**
 * Whose pod a UID is, for v1's log requests, which don't say. Filled by what sidecars confirmed, never by what callers claim; the
 * oldest are forgotten.
 */
export class OwnerMemory {
  readonly #owners = new Map<string, ReadonlyArray<Owner>>();

  remember(uid: string, owner: Owner): void {
    const others = this.recall(uid).filter((known) => ownerKey(known) !== ownerKey(owner));
    this.#owners.delete(uid);
    this.#owners.set(uid, [...others, owner].slice(-ownersPerUid));
    if (this.#owners.size <= capacity) return;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }

  /** Usually one; none when nobody told of it. */
  recall(uid: string): ReadonlyArray<Owner> {
    return this.#owners.get(uid) ?? [];
  }
}
