/** Tells how long the parts of a run took, one after the other. */
export class Laps {
  readonly #beganAt = performance.now();
  readonly #seconds: Record<string, number> = {};
  #at = this.#beganAt;

  /** The part that began with the end of the one before. */
  end(part: string): void {
    this.#seconds[part] = secondsSince(this.#at);
    this.#at = performance.now();
  }

  /** By part, and in all until now. */
  get seconds(): Readonly<Record<string, number>> {
    return { ...this.#seconds, total: secondsSince(this.#beganAt) };
  }
}

function secondsSince(at: number): number {
  return Math.round((performance.now() - at) / 100) / 10;
}
