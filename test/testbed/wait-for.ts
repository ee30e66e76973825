import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE } from './patience.ts';

export interface WaitOptions {
  /** Default 30 s; `PATIENCE` times that in CI. */
  timeoutMs?: number;
  /** The time is what the test demands of the product, not patience: the same everywhere. */
  isBound?: boolean;
  /** Between two looks; default 200 ms. */
  intervalMs?: number;
}

/**
 * Looks again and again until `look` returns something other than `undefined`, `null` or `false`, and returns that. A
 * look that throws is one that has not succeeded yet. When the time is over, the error names what was waited for and
 * the last look's outcome.
 */
export async function waitFor<Value>(
  what: string,
  look: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  { timeoutMs = 30_000, intervalMs = 200, isBound = false }: WaitOptions = {},
): Promise<Value> {
  const limitMs = isBound ? timeoutMs : timeoutMs * PATIENCE;
  const deadline = performance.now() + limitMs;
  for (;;) {
    let outcome: unknown;
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false) return value;
      outcome = value;
    } catch (error) {
      outcome = error;
    }
    if (performance.now() > deadline) {
      const last = outcome instanceof Error ? outcome.message : String(outcome);
      throw new Error(`Waited ${limitMs} ms for ${what}; the last look gave: ${last}`, { cause: outcome });
    }
    await sleep(intervalMs);
  }
}
