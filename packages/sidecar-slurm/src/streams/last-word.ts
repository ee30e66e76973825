import { Transform, type TransformCallback } from 'node:stream';

/**
 * Takes a step's last word out of its standard error: a mark that nobody can guess, the exit code and a newline. What comes after it is
 * srun's own chatter, as is everything when it never comes: `srun: error: c1: task 0: Exited with exit code 3`.
 */
export class LastWord extends Transform {
  readonly #mark: Buffer;
  /** What may be the beginning of the mark. */
  #held: Buffer = Buffer.alloc(0);
  #after: Buffer | undefined;

  constructor(mark: string) {
    super();
    this.#mark = Buffer.from(mark);
  }

  /** The command's exit code; undefined when its end was not seen. */
  get exitCode(): number | undefined {
    const [, code] = /^(\d{1,3})\n/.exec(this.#after?.toString('utf8', 0, 8) ?? '') ?? [];
    return code === undefined ? undefined : Number(code);
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.#after !== undefined) {
      this.#after = Buffer.concat([this.#after, chunk]).subarray(0, 64);
      done();
      return;
    }
    const bytes = Buffer.concat([this.#held, chunk]);
    const at = bytes.indexOf(this.#mark);
    if (at >= 0) {
      this.#after = Buffer.from(bytes.subarray(at + this.#mark.length));
      this.#held = Buffer.alloc(0);
      done(null, bytes.subarray(0, at));
      return;
    }
    const kept = this.#beginningAtEnd(bytes);
    this.#held = Buffer.from(bytes.subarray(bytes.length - kept));
    done(null, bytes.subarray(0, bytes.length - kept));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#held);
  }

  /** How many of the last bytes are the first ones of the mark. */
  #beginningAtEnd(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.#mark.length - 1); length > 0; length -= 1) {
      if (bytes.subarray(bytes.length - length).equals(this.#mark.subarray(0, length))) return length;
    }
    return 0;
  }
}
