interface Point {
  readonly timeMs: number;
  readonly value: bigint;
  readonly rate: bigint | undefined;
}

/** How fast counters grow, from one reading to the next. A counter that went back began anew. */
export class Rates {
  #points = new Map<string, Point>();
  #next = new Map<string, Point>();

  /** What a counter grew by per second since its last sample; undefined for its first. @param key of the counter */
  perSecond(key: string, timeMs: number, value: bigint): bigint | undefined {
    const last = this.#points.get(key);
    const point =
      last !== undefined && timeMs <= last.timeMs ? last : { timeMs, value, rate: between(last, timeMs, value) };
    this.#next.set(key, point);
    return point.rate;
  }

  /** A reading is over: counters that were not in it are forgotten. */
  endReading(): void {
    this.#points = this.#next;
    this.#next = new Map();
  }
}

function between(last: Point | undefined, timeMs: number, value: bigint): bigint | undefined {
  if (last === undefined || value < last.value) return undefined;
  return ((value - last.value) * 1_000n) / BigInt(Math.max(1, Math.round(timeMs - last.timeMs)));
}
