import { type Logger, traced } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import type { BackendMirror } from './backend-mirror.ts';
import type { PodEntry } from './pod-entry.ts';
import { podName } from './pod-name.ts';

export interface PodStopperOptions {
  readonly provider: Pick<Provider, 'deletePod'>;
  readonly mirror: Pick<BackendMirror, 'epoch'>;
  readonly logger: Logger;
  retry(uid: string, delayMs: number): void;
}

/** A backend that has not ended a pod this long after its grace period is told again. */
const stopOverdueMs = 10_000;

/** Tells the backend to end pods: once, and again when that is overdue, may have been lost, or is to go quicker. */
export class PodStopper {
  readonly #options: PodStopperOptions;

  constructor(options: PodStopperOptions) {
    this.#options = options;
  }

  /** @throws what the backend refused: to be tried again */
  async stop(uid: string, entry: PodEntry, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const { mirror, provider, logger, retry } = this.#options;
    const told = entry.stopped;
    const overdueMs =
      told === undefined ? 0 : told.atMs + told.graceSeconds * 1_000 + stopOverdueMs - performance.now();
    const isShorter =
      told !== undefined && performance.now() + graceSeconds * 1_000 < told.atMs + told.graceSeconds * 1_000 - 1_000;
    if (told !== undefined && told.epoch === mirror.epoch && overdueMs > 0 && !isShorter) return retry(uid, overdueMs);
    await traced('delete pod at the backend', { kind: 'client' }, () => provider.deletePod(uid, graceSeconds, signal));
    entry.stopped = { epoch: mirror.epoch, atMs: performance.now(), graceSeconds };
    const pod = entry.pod && podName(entry.pod);
    logger.info({ pod, podUid: uid, graceSeconds }, 'pod deletion accepted by the backend');
    retry(uid, graceSeconds * 1_000 + stopOverdueMs);
  }
}
