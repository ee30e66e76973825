import { writeSync } from 'node:fs';

export type StreamName = 'stdout' | 'stderr';

/** A line longer than this is written in parts. */
const maxLineBytes = 16 * 1024;
const newline = 0x0a;

/**
 * Writes output as lines of the CRI's log format, `2027-01-01T00:00:00.000000000Z stdout F text`: time, stream, `F` for a whole
 * line or `P` for a part of one.
 * @see https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
export class LogWriter {
  readonly #file: number;
  readonly #now: () => string;
  readonly #held: Record<StreamName, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  /** @param file an open descriptor; @param now the time stamp of a line */
  constructor(file: number, now: () => string) {
    this.#file = file;
    this.#now = now;
  }

  write(stream: StreamName, chunk: Buffer): void {
    const bytes = this.#held[stream].length === 0 ? chunk : Buffer.concat([this.#held[stream], chunk]);
    const parts: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      this.#addParts(parts, stream, bytes.subarray(start, end + 1));
      start = end + 1;
    }
    let rest = bytes.subarray(start);
    while (rest.length >= maxLineBytes) {
      parts.push(this.#line(stream, 'P', rest.subarray(0, maxLineBytes)));
      rest = rest.subarray(maxLineBytes);
    }
    this.#held[stream] = Buffer.from(rest);
    this.#flush(parts);
  }

  /** Writes what has no newline yet. */
  end(): void {
    const streams = ['stdout', 'stderr'] as const;
    this.#flush(
      streams.flatMap((stream) =>
        this.#held[stream].length === 0 ? [] : [this.#line(stream, 'P', this.#held[stream])],
      ),
    );
  }

  /** @param line with its newline */
  #addParts(parts: Buffer[], stream: StreamName, line: Buffer): void {
    let rest = line;
    while (rest.length - 1 > maxLineBytes) {
      parts.push(this.#line(stream, 'P', rest.subarray(0, maxLineBytes)));
      rest = rest.subarray(maxLineBytes);
    }
    parts.push(this.#line(stream, 'F', rest.subarray(0, -1)));
  }

  #line(stream: StreamName, tag: 'F' | 'P', content: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.#now()} ${stream} ${tag} `), content, Buffer.of(newline)]);
  }

  #flush(parts: ReadonlyArray<Buffer>): void {
    const bytes = Buffer.concat(parts);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
  }
}

/** A clock for lines: RFC 3339 with nanoseconds, each later than the one before even within a millisecond. */
export function createLineClock(nowMs: () => number): () => string {
  let last = 0n;
  return () => {
    const now = BigInt(nowMs()) * 1_000_000n;
    last = now > last ? now : last + 1n;
    const seconds = new Date(Number(last / 1_000_000n)).toISOString().slice(0, 19);
    return `${seconds}.${String(last % 1_000_000_000n).padStart(9, '0')}Z`;
  };
}
