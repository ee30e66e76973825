import { readFile } from 'node:fs/promises';

/** Longest age of a cached file, in milliseconds. Bound service-account tokens may be replaced at any time; client-go re-reads after 60 s. */
const MAX_AGE_MS = 60_000;

/** The text of a file that others replace now and then (a token, a certificate): read again when a minute old. */
export class FreshFile {
  readonly path: string;
  readonly #now: () => number;
  #text: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  /** `now` is a clock in milliseconds that does not jump. */
  constructor(path: string, now: () => number = () => performance.now()) {
    this.path = path;
    this.#now = now;
  }

  /**
   * The text without white space around it (a newline at the end would break a header).
   * A file that was readable once and is not now keeps its last text.
   * @throws Error naming the file when it never could be read.
   */
  async read(): Promise<string> {
    if (this.#text !== undefined && this.#now() - this.#readAt < MAX_AGE_MS) return this.#text;
    try {
      this.#text = (await readFile(this.path, 'utf8')).trim();
    } catch (err) {
      if (this.#text === undefined)
        throw new Error(`Cannot read "${this.path}": ${(err as Error).message}`, { cause: err });
    }
    this.#readAt = this.#now();
    return this.#text;
  }

  /** The next `read` goes to the file system. */
  expire(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }
}
