import type { Clock } from '@interlink/sidecar-sdk';

/** Resolves after so many milliseconds of the clock's, or with the signal. */
export async function sleepBy(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      callOff();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const callOff = clock.setTimer(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
