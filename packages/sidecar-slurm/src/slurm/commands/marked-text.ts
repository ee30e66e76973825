/** Longer than what stands behind a mark: an exit code. */
const restLength = 16;
const nothing = Buffer.alloc(0);

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

  /** @returns what came after the mark's line: the next program's */
  add(bytes: Buffer): Buffer {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    const window = this.#tail + bytes.toString('latin1');
    const at = window.lastIndexOf(this.#mark);
    const end = at < 0 ? -1 : window.indexOf('\n', at);
    this.#tail = window.slice(-this.#mark.length - restLength);
    if (end < 0) return nothing;
    this.#word = window.slice(at + this.#mark.length, end).trim();
    this.#length -= window.length - at;
    return bytes.subarray(bytes.length - (window.length - end - 1));
  }

  get isTooMuch(): boolean {
    return this.#length > this.#maxBytes;
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
