import type { LoadedScript } from './script-file.ts';

/** When the outage ends that lasts now, in milliseconds since the epoch; undefined: there is none. */
export function endOfOutage(loaded: LoadedScript, nowMs: number): number | undefined {
  const present = spansOf(loaded).filter(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs);
  return present.length === 0 ? undefined : Math.max(...present.map(({ untilMs }) => untilMs));
}

/** When an outage next begins or ends; Infinity: never. */
export function nextEdgeMs(loaded: LoadedScript, nowMs: number): number {
  const edges = spansOf(loaded).flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]);
  return Math.min(...edges.filter((ms) => ms > nowMs), Number.POSITIVE_INFINITY);
}

function spansOf({ script: { outages = [] }, sinceMs }: LoadedScript): Array<{ fromMs: number; untilMs: number }> {
  return outages.map(({ afterSeconds, forSeconds }) => {
    const fromMs = sinceMs + afterSeconds * 1_000;
    return { fromMs, untilMs: fromMs + forSeconds * 1_000 };
  });
}
