import { untilAborted } from '../actions/deadline.ts';
import type { Clock } from '../clock.ts';

/** Waits. @throws the signal's reason when the container goes before that */
export async function sleepHook(
  seconds: number,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const cancel = clock.setTimer(seconds * 1_000, over.resolve);
  try {
    await untilAborted(over.promise, signal);
  } finally {
    cancel();
  }
}
