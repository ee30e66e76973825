const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines at `\n`. Works on bytes, so that a character may be cut anywhere, and joins the parts of a line
 * once, when its end is there, so that a long line in many chunks costs no more than its length.
 */
export class LineSplitter {
  #parts: Buffer[] = [];

  /** The lines that this chunk completes, without their `\n`; empty lines are left out. */
  *push(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#parts.push(chunk.subarray(from, end));
      from = end + 1;
      const line = this.#take();
      if (line !== '') yield line;
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
  }

  /** Bytes that came after the last `\n`: more than none at the end of a stream means that it was cut. */
  get pendingBytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  #take(): string {
    const [first] = this.#parts;
    const line = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    return line.toString('utf8');
  }
}
