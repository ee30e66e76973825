import { InterLinkError } from '@interlink/protocol';

/** Aborts with the process, or when the start takes longer than `--startup-timeout`. */
export function startupSignal(signal: AbortSignal, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return signal;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new InterLinkError(
        'deadline_exceeded',
        `The node did not start within ${timeoutMs / 1_000} s (--startup-timeout)`,
      ),
    );
  }, timeoutMs);
  timer.unref();
  return AbortSignal.any([signal, controller.signal]);
}
