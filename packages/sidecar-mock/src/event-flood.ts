import type { PodEvent } from '@interlink/sidecar-sdk';

/** Events that a pod tells from its create on. */
export interface EventFlood {
  readonly eventsPerSecond: number;
  /** Infinity: until the pod ends. */
  readonly forMs: number;
  /** Each event's message gets its number behind it, so that none is taken for the one before. */
  readonly event: PodEvent;
}

/** Many events are told at once, rather than a timer be set for each. */
const tickMs = 50;

/** Tells events until the flood or the pod is over. @param over the pod's end */
export function playEventFlood(
  { eventsPerSecond, forMs, event }: EventFlood,
  { now, tell, over }: { now: () => number; tell: (event: PodEvent) => void; over: AbortSignal },
): void {
  const startedAtMs = now();
  let told = 0;
  function tick(): void {
    const elapsedMs = Math.min(now() - startedAtMs, forMs);
    const due = Math.floor((elapsedMs * eventsPerSecond) / 1_000);
    for (; told < due; told += 1) tell({ ...event, message: `${event.message} ${told + 1}` });
    if (elapsedMs < forMs) timer = setTimeout(tick, tickMs).unref();
  }
  let timer = setTimeout(tick, tickMs).unref();
  over.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
