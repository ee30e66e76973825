import type { LogOptions } from '@interlink/protocol';

/** One line of a container's output. */
export interface LogLine {
  /** When it was written, RFC 3339 with up to nine digits of a second. */
  readonly time: string;
  /** The bytes, with the newline if the line had one. */
  readonly content: Buffer;
}

/**
 * Applies `sinceSeconds`, `sinceTime`, `tailLines` and `timestamps` to the lines that exist, in the kubelet's order: first
 * since, then tail.
 * @param now milliseconds since the epoch, for `sinceSeconds`
 */
export function selectLines(lines: ReadonlyArray<LogLine>, options: LogOptions, now: number): Buffer[] {
  const since = sinceMs(options, now);
  const recent = since === undefined ? lines : lines.filter((line) => Date.parse(line.time) >= since);
  const tail = options.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - options.tailLines));
  return tail.map((line) => renderLine(line, options));
}

/** The line as `kubectl logs` shows it. */
export function renderLine(line: LogLine, options: LogOptions): Buffer {
  return options.timestamps === true ? Buffer.concat([Buffer.from(`${line.time} `), line.content]) : line.content;
}

/** Where `sinceTime` or `sinceSeconds` begin, in milliseconds since the epoch; undefined: nowhere. */
export function sinceMs(options: LogOptions, now: number): number | undefined {
  if (options.sinceTime !== undefined) return Date.parse(options.sinceTime);
  return options.sinceSeconds === undefined ? undefined : now - options.sinceSeconds * 1_000;
}
