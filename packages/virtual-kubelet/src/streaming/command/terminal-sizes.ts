import { parseResize, type TerminalSize } from '@interlink/protocol';

/** A size is a few bytes; what is longer is none. */
const maxLine = 1_024;

/** Sizes of the caller's terminal on their way to a command that may not have started yet: of those that wait, the last counts. */
export class TerminalSizes {
  #last: TerminalSize | undefined;
  #listener: ((size: TerminalSize) => void) | undefined;
  #line = '';

  /** Takes a part of a stream of JSON objects `{"Width":80,"Height":25}`, one a line. */
  take(chunk: Buffer): void {
    const lines = `${this.#line}${chunk.toString('latin1')}`.split('\n');
    this.#line = (lines.pop() ?? '').slice(0, maxLine);
    for (const line of lines) this.takeObject(Buffer.from(line));
  }

  /** Takes one such object; anything else is ignored. */
  takeObject(json: Buffer): void {
    const size = parseResize(json);
    if (size === undefined) return;
    this.#last = size;
    this.#listener?.(size);
  }

  listen(listener: (size: TerminalSize) => void): void {
    this.#listener = listener;
    if (this.#last !== undefined) listener(this.#last);
  }
}
