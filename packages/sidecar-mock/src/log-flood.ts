import { type LogOptions, renderLine, sinceMs, sleep } from '@interlink/sidecar-sdk';

/** A log that is made while it is read, so that nothing is kept of it, however long it is. */
export interface LogFlood {
  readonly linesPerSecond: number;
  /** With the newline. */
  readonly bytesPerLine: number;
  /** Infinity: as long as the container runs. */
  readonly forMs: number;
}

export interface FloodReading {
  readonly startMs: number;
  /** When the container ends; Infinity: not by itself. */
  readonly endMs: number;
  readonly options: LogOptions;
  readonly now: () => number;
  readonly isFollowed: boolean;
  /** Ends what is followed. */
  readonly over: AbortSignal;
}

/** Lines are handed out in chunks of about this size. */
const chunkBytes = 64 * 1_024;
/** A follower of many lines a second is woken no more often. */
const tickMs = 10;
const longestSleepMs = 2 ** 31 - 1;

export async function* readFlood(flood: LogFlood, reading: FloodReading): AsyncGenerator<Uint8Array> {
  const { startMs, endMs, options, now, isFollowed, over } = reading;
  const timeOf = (index: number) => startMs + (index * 1_000) / flood.linesPerSecond;
  const total = Math.ceil((flood.forMs * flood.linesPerSecond) / 1_000);
  const indexAt = (ms: number) => Math.max(0, ((ms - startMs) * flood.linesPerSecond) / 1_000);
  const countBy = (ms: number) => Math.min(total, Math.floor(indexAt(Math.min(ms, endMs))) + 1);
  const lineAt = (index: number) => {
    const line = { time: new Date(timeOf(index)).toISOString(), content: contentOf(index, flood.bytesPerLine) };
    return renderLine(line, options);
  };
  const perChunk = Math.max(1, Math.floor(chunkBytes / flood.bytesPerLine));
  let written = countBy(now());
  let index = firstWanted(options, { written, now: now(), indexAt });
  for (;;) {
    while (index < written) {
      const until = Math.min(written, index + perChunk);
      yield Buffer.concat(Array.from({ length: until - index }, (_, offset) => lineAt(index + offset)));
      index = until;
    }
    if (!isFollowed || over.aborted || now() >= endMs) return;
    const nextMs = index < total ? Math.min(timeOf(index), endMs) : endMs;
    await sleep(Math.min(longestSleepMs, Math.max(tickMs, nextMs - now())), over);
    written = countBy(now());
  }
}

/** As the kubelet has it: first since, then tail. */
function firstWanted(
  options: LogOptions,
  { written, now, indexAt }: { written: number; now: number; indexAt: (ms: number) => number },
): number {
  const since = sinceMs(options, now);
  const bySince = since === undefined ? 0 : Math.ceil(indexAt(since));
  return options.tailLines === undefined ? bySince : Math.max(bySince, written - options.tailLines);
}

/** `line 12 ....` up to the wanted size; what is too long for it is cut at its end. */
function contentOf(index: number, bytes: number): Buffer {
  return Buffer.from(`${`line ${index + 1} `.padEnd(bytes - 1, '.').slice(0, bytes - 1)}\n`);
}
