import { setTimeout as delay } from 'node:timers/promises';
import { ConformanceFailure } from './failure.ts';

const pollIntervalMs = 60;

export interface WaitOptions<T> {
  /** What is waited for, as a report says it. */
  readonly wanted: string;
  /** Undefined: not yet. */
  readonly look: () => Promise<{ readonly found?: T; readonly seen: string }>;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** Looks again and again until it finds something. @throws ConformanceFailure with what it saw last when the patience is over */
export async function waitUntil<T>({ wanted, look, patienceMs, signal }: WaitOptions<T>): Promise<T> {
  const endsAt = performance.now() + patienceMs;
  for (;;) {
    const { found, seen } = await look();
    if (found !== undefined) return found;
    if (performance.now() >= endsAt) {
      throw new ConformanceFailure({ wanted: `${wanted}, within ${patienceMs / 1_000} s`, seen });
    }
    await delay(pollIntervalMs, undefined, { signal });
  }
}
