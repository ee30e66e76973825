/** Waits, or returns early when the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

export interface RetryOptions {
  /** The first wait, doubled after each failure up to `maxMs`, each with up to half of it at random less. */
  readonly baseMs: number;
  readonly maxMs: number;
  readonly signal: AbortSignal;
  /** A round that lasted this long counts as success: the next wait is `baseMs` again. */
  readonly settledMs: number;
}

/** Repeats `round` for ever, with back-off while it keeps ending soon, until the signal aborts. What it throws goes to `onError`. */
export async function keepDoing(
  round: () => Promise<void>,
  onError: (error: unknown) => void,
  options: RetryOptions,
): Promise<void> {
  let waitMs = options.baseMs;
  while (!options.signal.aborted) {
    const startedAt = performance.now();
    try {
      await round();
    } catch (error) {
      if (!options.signal.aborted) onError(error);
    }
    if (performance.now() - startedAt >= options.settledMs) waitMs = options.baseMs;
    await sleep(waitMs * (0.5 + Math.random() / 2), options.signal);
    waitMs = Math.min(waitMs * 2, options.maxMs);
  }
}
