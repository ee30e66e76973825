/** Of which flood of what happens a line is written: the first of a kind at once, then how many more there were, a line per window. */
export interface CountedLinesOptions<Entry> {
  /** What is of one kind is told once in this time, with its number. */
  readonly windowMs: number;
  /** Kinds that are counted at a time; beyond, all share one count. */
  readonly maxKinds: number;
  /** @param count undefined for the first, which is told by itself */
  readonly write: (entry: Entry, count: number | undefined) => void;
}

/** Writes a bounded number of lines, however much happens. */
export class CountedLines<Entry> {
  readonly #options: CountedLinesOptions<Entry>;
  /** What was not told since the last line, and the last of it. */
  readonly #windows = new Map<string, { untold: number; last: Entry }>();

  constructor(options: CountedLinesOptions<Entry>) {
    this.#options = options;
  }

  add(kind: ReadonlyArray<string>, entry: Entry): void {
    const key = this.#windows.size < this.#options.maxKinds ? JSON.stringify(kind) : '';
    const open = this.#windows.get(key);
    if (open !== undefined) {
      open.untold += 1;
      open.last = entry;
      return;
    }
    this.#options.write(entry, undefined);
    this.#openWindow(key, entry);
  }

  #openWindow(key: string, last: Entry): void {
    this.#windows.set(key, { untold: 0, last });
    setTimeout(() => this.#closeWindow(key), this.#options.windowMs).unref();
  }

  #closeWindow(key: string): void {
    const window = this.#windows.get(key);
    this.#windows.delete(key);
    if (window === undefined || window.untold === 0) return;
    this.#options.write(window.last, window.untold);
    this.#openWindow(key, window.last);
  }
}
