/** A signal that fires when the caller's does or when time is up. `end()` must be called; it takes all listeners off. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when it was the clock that fired. */
  timedOut(): boolean;
  end(): void;
}

/** Starts the clock. Not `AbortSignal.any`: that leaves a trace of each request on a caller's long-lived signal. */
export function startDeadline(timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let expired = false;
  const onAbort = () => controller.abort(caller?.reason);
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, timeoutMs);
  if (caller?.aborted) onAbort();
  caller?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => expired,
    end() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onAbort);
    },
  };
}
