/**
 * The sum of counters that come and go, as a counter: what has gone stays in it, so that it never falls. It begins with what
 * there is at the first reading.
 */
export class GrowingSum {
  #total = 0n;
  #last = new Map<string, bigint>();

  /** @param parts all counters that there are now @returns the sum of all that there ever were */
  add(parts: ReadonlyMap<string, bigint>): bigint {
    for (const [key, value] of parts) {
      const before = this.#last.get(key) ?? 0n;
      // A counter that went back began anew.
      this.#total += value >= before ? value - before : value;
    }
    this.#last = new Map(parts);
    return this.#total;
  }
}
