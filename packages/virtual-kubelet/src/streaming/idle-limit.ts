/** Ends what carries nothing for too long. */
export interface IdleLimit {
  /** Something was carried. */
  touch(): void;
  stop(): void;
}

/** Calls `end` when it was not touched for this long. Does not keep the process alive. */
export function startIdleLimit(timeoutMs: number, end: () => void): IdleLimit {
  const timer = setTimeout(end, timeoutMs).unref();
  return { touch: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
