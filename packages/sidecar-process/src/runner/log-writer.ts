import { writeSync } from 'node:fs';
import { isNoRoom } from './no-room.ts';

export type StreamName = 'stdout' | 'stderr';

/** A line longer than this is written in parts. */
const maxLineBytes = 16 * 1024;
const newline = 0x0a;

/** Writes bytes from an offset on to an open file. @returns how many of them */
type Write = (file: number, bytes: Buffer, offset: number) => number;

/**
 * Writes output as lines of the CRI's log format, `2027-01-01T00:00:00.000000000Z stdout F text`: time, stream, `F` for a whole
 * line or `P` for a part of one. Output that there is no room for is lost, and a line says so once there is room again: whoever wrote it runs on.
 * @see https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
export class LogWriter {
  readonly #file: number;
  readonly #now: () => string;
  readonly #write: Write;
  /** What was to be written last is lost: all of it, or the end of a line. */
  #lost: 'nothing' | 'lines' | 'part' = 'nothing';
  readonly #held: Record<StreamName, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  /** @param file an open descriptor; @param now the time stamp of a line */
  constructor(file: number, now: () => string, write: Write = writeSync) {
    this.#file = file;
    this.#now = now;
    this.#write = write;
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
    if (parts.length === 0) return;
    const bytes = Buffer.concat([...this.#lossLines(), ...parts]);
    let written = 0;
    try {
      while (written < bytes.length) written += this.#write(this.#file, bytes, written);
      this.#lost = 'nothing';
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      const isWhole = written === 0 ? this.#lost !== 'part' : bytes[written - 1] === newline;
      this.#lost = isWhole ? 'lines' : 'part';
    }
  }

  #lossLines(): Buffer[] {
    if (this.#lost === 'nothing') return [];
    const told = this.#line('stderr', 'F', Buffer.from('output was lost here: no space was left on the device'));
    return this.#lost === 'part' ? [Buffer.of(newline), told] : [told];
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
