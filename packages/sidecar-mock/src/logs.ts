import { InterLinkError, type LogLine, type LogOptions, renderLine, selectLines, sleep } from '@interlink/sidecar-sdk';
import type { MockPod } from './mock-pod.ts';
import type { PodScript } from './script.ts';

export interface LogReading {
  readonly pod: MockPod;
  readonly container: string;
  readonly options: LogOptions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Opens a container's made-up log. @throws InterLinkError `failed_precondition` while the container waits, `not_found` for
 * `previous`: nothing is ever restarted
 */
export function openLog(reading: LogReading): AsyncIterable<Uint8Array> {
  const { pod, container, options } = reading;
  const { name, status } = pod.report;
  const of = `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)}`;
  if (options.previous === true) throw new InterLinkError('not_found', `previous terminated ${of} not found`);
  const found = [...(status.initContainerStatuses ?? []), ...status.containerStatuses].find(
    (c) => c.name === container,
  );
  if (found === undefined) throw new InterLinkError('not_found', `No container ${container} in pod ${name}`);
  if (found.state.waiting !== undefined || pod.startedAtMs === undefined) {
    const reason = found.state.waiting?.reason ?? 'ContainerCreating';
    throw new InterLinkError('failed_precondition', `${of} is waiting to start: ${reason}`);
  }
  const lines = pod.shown ?? linesOf(pod.script, container, pod.startedAtMs);
  return readLines(lines, reading, options.follow === true && found.state.running !== undefined);
}

/** The lines that the container would write if nothing ended it: `log-interval` apart, beginning with its start. */
export function linesOf(script: PodScript, container: string, startedAtMs: number): LogLine[] {
  const text = script.log ?? `container ${container} runs nothing: this is the mock sidecar`;
  if (text === '') return [];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => ({
      time: new Date(startedAtMs + index * script.logIntervalMs).toISOString(),
      content: Buffer.from(`${line}\n`),
    }));
}

async function* readLines(lines: LogLine[], reading: LogReading, isFollowed: boolean): AsyncGenerator<Uint8Array> {
  const { pod, options, now } = reading;
  const isWritten = (line: LogLine) => Date.parse(line.time) <= Math.min(now(), pod.endedAtMs ?? now());
  const past = lines.filter(isWritten);
  yield* selectLines(past, options, now());
  if (!isFollowed) return;
  const over = AbortSignal.any([reading.signal, pod.over.signal]);
  for (const line of lines.slice(past.length)) {
    await sleep(Math.max(0, Date.parse(line.time) - now()), over);
    if (over.aborted && !isWritten(line)) return;
    yield renderLine(line, options);
  }
  while (!over.aborted) await sleep(longestSleepMs, over);
}

const longestSleepMs = 2 ** 31 - 1;
