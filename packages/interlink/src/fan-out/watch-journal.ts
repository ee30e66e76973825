/** Deletions and cursors remembered; a reader from before them asks the sidecar itself what it has missed. */
const maxRemembered = 4_000;

/** The newest line of one pod. */
export interface JournalEntry {
  readonly uid: string;
  readonly text: string;
  readonly isGone: boolean;
  /** Its place in the order of changes, counted from 1. */
  readonly position: number;
}

/**
 * The newest line of each pod of an owner, as the sidecar wrote it, in the order in which they came. A reader that is behind
 * holds nothing but its place in that order: it meets each pod that has changed since once, in its newest state, and in the order of
 * the cursors, so that it can be cut off anywhere. Cursors are the sidecar's own.
 */
export class WatchJournal {
  /** Ascending; those that are not their pod's newest any more are left out now and then. */
  #order: JournalEntry[] = [];
  readonly #newest = new Map<string, JournalEntry>();
  readonly #positions = new Map<string, number>();
  #goneCount = 0;
  #head = 0;
  #horizon = 0;

  /** The place of the last change. */
  get head(): number {
    return this.#head;
  }

  /** Deletions at this place and before are forgotten. */
  get horizon(): number {
    return this.#horizon;
  }

  put(uid: string, text: string, kind: 'pod' | 'gone'): void {
    const isGone = kind === 'gone';
    this.#head += 1;
    const entry = { uid, text, isGone, position: this.#head };
    this.#goneCount += Number(isGone) - Number(this.#newest.get(uid)?.isGone ?? false);
    this.#newest.set(uid, entry);
    this.#order.push(entry);
    if (this.#order.length > 2 * this.#newest.size + maxRemembered || this.#goneCount > 2 * maxRemembered)
      this.#compact();
  }

  /** All that was put until now is what the sidecar tells before this cursor. */
  mark(cursor: string): void {
    // A cursor that comes twice means its first place: telling something again does no harm.
    if (this.#positions.has(cursor)) return;
    this.#positions.set(cursor, this.#head);
    const [oldest] = this.#positions.keys();
    if (this.#positions.size > maxRemembered && oldest !== undefined) this.#positions.delete(oldest);
  }

  /** The place that a cursor stands for; undefined when what came after it is not known here, or no more. */
  positionOf(cursor: string): number | undefined {
    const position = this.#positions.get(cursor);
    return position !== undefined && position >= this.#horizon ? position : undefined;
  }

  /** The newest lines of pods that changed after this place, the first of them. */
  after(position: number, limit: number): JournalEntry[] {
    const found: JournalEntry[] = [];
    for (let index = this.#indexAfter(position); index < this.#order.length && found.length < limit; index += 1) {
      const entry = this.#order[index];
      if (entry !== undefined && this.#newest.get(entry.uid) === entry) found.push(entry);
    }
    return found;
  }

  #indexAfter(position: number): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle]?.position ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    let tooMany = this.#goneCount - maxRemembered;
    this.#order = this.#order.filter((entry) => {
      if (this.#newest.get(entry.uid) !== entry) return false;
      if (!entry.isGone || tooMany <= 0) return true;
      tooMany -= 1;
      this.#goneCount -= 1;
      this.#newest.delete(entry.uid);
      this.#horizon = entry.position;
      return false;
    });
  }
}
