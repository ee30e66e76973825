/** Longer than what stands behind a mark: an exit code. */
const restLength = 16;

/** What a program writes into a pipe that stays open, up to a mark that cannot be the program's own. */
export class MarkedText {
  readonly #mark: string;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  /** The end of what has come: a mark can come in two parts. */
  #tail = '';
  #word: string | undefined;

  constructor(mark: string, maxBytes: number) {
    this.#mark = mark;
    this.#maxBytes = maxBytes;
  }

  /** False when it is too much. */
  add(bytes: Buffer): boolean {
    if (this.#word !== undefined) return true;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    const window = this.#tail + bytes.toString('latin1');
    const at = window.lastIndexOf(this.#mark);
    const end = at < 0 ? -1 : window.indexOf('\n', at);
    if (end >= 0) {
      this.#word = window.slice(at + this.#mark.length, end).trim();
      this.#length -= window.length - at;
    }
    this.#tail = window.slice(-this.#mark.length - restLength);
    return this.#length <= this.#maxBytes;
  }

  /** What stands behind the mark; undefined before it has come. */
  get word(): string | undefined {
    return this.#word;
  }

  /** What stands before it, or all that has come. */
  get text(): string {
    return Buffer.concat(this.#chunks).subarray(0, this.#length).toString('utf8');
  }
}
