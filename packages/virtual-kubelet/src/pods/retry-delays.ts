/** How often what needs somebody's hand is tried again by itself. */
export const stuckRetryMs = 60_000;

const backOff = { baseMs: 200, maxMs: 30_000 };

/** What may pass by itself is tried again soon, and more and more rarely. @param failures one after another, before this one */
export function backOffMs(failures: number): number {
  return Math.min(backOff.baseMs * 2 ** failures, backOff.maxMs) * (1 + Math.random() / 2);
}
