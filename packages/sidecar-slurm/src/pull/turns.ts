interface Place {
  readonly kind: string;
  begin(): void;
}

/**
 * Lets so many things happen at once, of each kind one, in the order in which they came; but nobody waits behind somebody who waits for
 * another of his kind.
 */
export class Turns {
  readonly #size: number;
  readonly #busy = new Set<string>();
  readonly #waiting = new Set<Place>();

  constructor(size: number) {
    this.#size = size;
  }

  /** @returns undefined when the signal has aborted before it was its turn */
  async run<T>(kind: string, act: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    if (!(await this.#granted(kind, signal))) return undefined;
    try {
      return await act();
    } finally {
      this.#busy.delete(kind);
      this.#grant();
    }
  }

  async #granted(kind: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    return await new Promise((resolve) => {
      const leave = () => {
        this.#waiting.delete(place);
        resolve(false);
      };
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const place: Place = { kind, begin };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(place);
      this.#grant();
    });
  }

  #grant(): void {
    for (const place of this.#waiting) {
      if (this.#busy.size >= this.#size) return;
      if (this.#busy.has(place.kind)) continue;
      this.#waiting.delete(place);
      this.#busy.add(place.kind);
      place.begin();
    }
  }
}
