import type { Readable } from 'node:stream';

const newline = 0x0a;

/** Reads lines, and as many bytes behind them as they say, from what a step prints. */
export class StepReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next line without its newline; undefined at the end, also in the middle of a line. @throws Error for one that is longer than any message */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(newline);
      const length = end >= 0 ? end : this.#rest.length;
      if (length > longestLine) throw new Error('what the step says is no message');
      if (end >= 0) {
        const line = this.#rest.toString('utf8', 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (!(await this.#more())) return undefined;
    }
  }

  /** The next bytes, as they come. @throws Error when they end before */
  async *bytes(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new Error('the step has ended within a message');
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Reads on until the end, whatever it is. */
  async drain(): Promise<void> {
    try {
      while (await this.#more()) this.#rest = Buffer.alloc(0);
    } catch {
      // It was cut off: that is an end, too.
    }
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }
}

const longestLine = 8_192;
