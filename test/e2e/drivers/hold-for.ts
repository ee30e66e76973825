import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 2_000;

/** Looks again and again for as long as said: what must stay as it is must be so at every look. @throws what `look` throws */
export async function holdFor(durationMs: number, look: () => Promise<void>): Promise<void> {
  const end = performance.now() + durationMs;
  do {
    await look();
    await sleep(intervalMs);
  } while (performance.now() < end);
  await look();
}
