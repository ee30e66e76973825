import type { StartTimer } from '../queue/work-queue.ts';

/** What time is to an elector. */
export interface LeaderClock {
  /** Milliseconds of a clock that never jumps and runs on while the process is stopped: `performance.now`. */
  now(): number;
  /** For the times in the Lease, which nobody compares. */
  date(): Date;
  readonly startTimer: StartTimer;
  /** Uniform in [0, 1). */
  random(): number;
}

export const realClock: LeaderClock = {
  now: () => performance.now(),
  date: () => new Date(),
  startTimer: (fire, ms) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Waits; rejects with the signal's reason when that aborts before. */
export async function waitFor(ms: number, signal: AbortSignal, clock: LeaderClock): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const cancel = clock.startTimer(resolve, ms);
  try {
    await promise;
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Gives `work` a signal that aborts with the caller's, or after `ms`. */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  clock: LeaderClock,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const cancel = clock.startTimer(() => over.abort(new Error(`no answer within ${Math.ceil(ms)} ms`)), ms);
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    cancel();
  }
}
