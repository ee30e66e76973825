import { setImmediate } from 'node:timers/promises';
import { sleep } from '@interlink/service-kit';
import type { SidecarMetrics } from '../metrics/sidecar-metrics.ts';
import { type History, sampleIntervalMs } from './board/history.ts';
import type { OwnerBoard } from './board/owner-board.ts';
import type { PodBoard } from './board/pod-board.ts';

/** Reports read at once: streams of others go through the same process. */
const batchSize = 100;

export interface HistoryParts {
  readonly board: PodBoard;
  readonly history: History;
  readonly metrics: SidecarMetrics;
}

/** Takes a sample each minute until the signal aborts. */
export async function keepHistory({ board, history, metrics }: HistoryParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const owner of board.owners) await readRows(owner);
    const totals = { sent: await metrics.requestsSent(), ofBackends: metrics.backendRequests() };
    history.take(Date.now(), board.owners, totals);
    await sleep(sampleIntervalMs, signal);
  }
}

/** Reads what has come since the last time, so that nothing is left to be read at once. */
async function readRows({ pods }: OwnerBoard): Promise<void> {
  let count = 0;
  for (const entry of [...pods.values()]) {
    void entry.row;
    count += 1;
    if (count % batchSize === 0) await setImmediate();
  }
}
