import type { Clock } from '@interlink/sidecar-sdk';
import type { PodBook } from './pod-book.ts';

const mostTries = 4;
const retryMs = 1_000;

/**
 * Reads all pods that there are. One of which nothing can be told would be taken for gone, and may run: a file system of the network is
 * asked more than once before that.
 */
export async function loadPods(book: PodBook, clock: Clock): Promise<void> {
  await book.load();
  for (let tries = 1; tries < mostTries && book.unread.hasNameless; tries += 1) {
    await new Promise<void>((resolve) => clock.setTimer(retryMs, resolve));
    await book.readAgain();
  }
}
