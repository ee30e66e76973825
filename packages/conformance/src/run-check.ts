import { InterLinkError } from '@interlink/protocol';
import type { Check, Site } from './check.ts';
import type { CheckContext } from './context.ts';
import { ConformanceFailure } from './failure.ts';
import type { CheckResult } from './report/report.ts';

export interface RunCheckOptions {
  readonly site: Site;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly makeContext: (signal: AbortSignal) => CheckContext;
}

/** No check waits for more than so many states of its pods. */
const patiencesPerCheck = 5;

/** Runs one check within its time, and removes its pods whatever happened. @throws only when the signal aborts */
export async function runCheck(check: Check, options: RunCheckOptions): Promise<CheckResult> {
  const { name, generation, section, summary } = check;
  const head = { name, generation, section, summary };
  const reason = check.skip?.(options.site);
  if (reason !== undefined) return { ...head, outcome: 'skipped', durationMs: 0, reason };
  const limitMs = patiencesPerCheck * options.patienceMs;
  const timeout = AbortSignal.timeout(limitMs);
  const context = options.makeContext(AbortSignal.any([options.signal, timeout]));
  const beginMs = performance.now();
  try {
    await check.run(context);
    return { ...head, outcome: 'passed', durationMs: since(beginMs) };
  } catch (error) {
    options.signal.throwIfAborted();
    const { wanted, seen } = timeout.aborted
      ? { wanted: `the check to end within ${limitMs / 1_000} s`, seen: 'it does not' }
      : describe(error);
    return { ...head, outcome: 'failed', durationMs: since(beginMs), wanted, seen };
  } finally {
    await context.cleanUp();
  }
}

function describe(error: unknown): { wanted: string; seen: string } {
  if (error instanceof ConformanceFailure) return error;
  return { wanted: 'answers that make sense', seen: InterLinkError.from(error).message };
}

function since(beginMs: number): number {
  return Math.round(performance.now() - beginMs);
}
