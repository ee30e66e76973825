import {
  containerStatusesOf,
  InterLinkError,
  type LogLine,
  type LogOptions,
  renderLine,
  selectLines,
  sleep,
} from '@interlink/sidecar-sdk';
import { readFlood } from './log-flood.ts';
import { type LogSpan, logSpanOf } from './log-span.ts';
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
 * `previous` unless a timeline began the container again: nothing else is ever restarted
 */
export function openLog(reading: LogReading): AsyncIterable<Uint8Array> {
  const { pod, container, options, now, signal } = reading;
  const { name } = pod.report;
  const of = `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)}`;
  const found = containerStatusesOf(pod.report).find((each) => each.name === container);
  const isPrevious = options.previous === true;
  const span = found === undefined ? undefined : logSpanOf(pod, found, isPrevious);
  if (span === undefined && isPrevious) throw new InterLinkError('not_found', `previous terminated ${of} not found`);
  if (found === undefined) throw new InterLinkError('not_found', `No container ${container} in pod ${name}`);
  if (span === undefined) {
    const reason = found.state.waiting?.reason ?? 'ContainerCreating';
    throw new InterLinkError('failed_precondition', `${of} is waiting to start: ${reason}`);
  }
  const isFollowed = options.follow === true && !isPrevious && found.state.running !== undefined;
  const { logFlood } = pod.script;
  if (logFlood !== undefined) {
    const over = isFollowed ? AbortSignal.any([signal, pod.over.signal]) : signal;
    return readFlood(logFlood, { ...span, options, now, isFollowed, over });
  }
  return readLines(pod.shown ?? linesOf(pod.script, container, span.startMs), { ...reading, span, isFollowed });
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

async function* readLines(
  lines: LogLine[],
  { pod, options, now, signal, span, isFollowed }: LogReading & { span: LogSpan; isFollowed: boolean },
): AsyncGenerator<Uint8Array> {
  const endMs = () => Math.min(span.endMs, pod.endedAtMs ?? Number.POSITIVE_INFINITY);
  const isWritten = (line: LogLine) => Date.parse(line.time) <= Math.min(now(), endMs());
  const past = lines.filter(isWritten);
  yield* selectLines(past, options, now());
  if (!isFollowed) return;
  const over = AbortSignal.any([signal, pod.over.signal]);
  const sleepUntil = async (ms: number) => {
    await sleep(Math.min(longestSleepMs, Math.max(0, Math.min(ms, endMs()) - now())), over);
  };
  for (const line of lines.slice(past.length)) {
    await sleepUntil(Date.parse(line.time));
    if (!isWritten(line) && (over.aborted || now() >= endMs())) return;
    yield renderLine(line, options);
  }
  while (!over.aborted && now() < endMs()) await sleepUntil(Number.POSITIVE_INFINITY);
}

const longestSleepMs = 2 ** 31 - 1;
