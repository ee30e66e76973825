import type { Clock } from '../clock.ts';

export interface Deadline {
  /** Aborts when the time is over, with an error of name `TimeoutError`, or when the signal before it does. */
  readonly signal: AbortSignal;
  /** What it was for has ended. */
  end(): void;
}

export function startDeadline(seconds: number, signal: AbortSignal, clock: Clock): Deadline {
  const over = new AbortController();
  const cancel = clock.setTimer(seconds * 1_000, () =>
    over.abort(new DOMException(`not finished within ${renderSeconds(seconds)}`, 'TimeoutError')),
  );
  return { signal: AbortSignal.any([signal, over.signal]), end: cancel };
}

/** Whether the signal has aborted because time was over, and not because nobody wants to know any more. */
export function isTimeout(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
}

/** The promise, or the signal's reason when that aborts first, whether the promise heeds it or not. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Whole seconds as Go prints a duration: `5s`, `1m30s`, `1h0m0s`. */
export function renderSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds}s`;
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds % 60}s`;
}
