import { sleep } from '@interlink/service-kit';
import type { SidecarMetrics } from '../metrics/sidecar-metrics.ts';
import { type History, sampleIntervalMs } from './board/history.ts';
import type { PodBoard } from './board/pod-board.ts';

/** Takes a sample each minute until the signal aborts. */
export async function keepHistory(
  {
    board,
    history,
    metrics,
  }: { readonly board: PodBoard; readonly history: History; readonly metrics: SidecarMetrics },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    history.take(Date.now(), board.owners, await metrics.requestsSent());
    await sleep(sampleIntervalMs, signal);
  }
}
