import { setTimeout as sleep } from 'node:timers/promises';

const giveUpMs = 300_000;

/** Asks again and again, without pause enough to be seen in a figure. @throws Error after five minutes */
export async function waitUntil(isDone: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + giveUpMs;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new Error(`Not done after ${giveUpMs / 1_000} s`);
    await sleep(20);
  }
}
