import {
  type Capabilities,
  InterLinkError,
  type PodEvent,
  type PodReport,
  type StreamRecord,
  streamSilenceMs,
} from '@interlink/protocol';
import { keepDoing, type Logger } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import { cleanLine, maxEventBytes } from '../trust/clean-text.ts';

export interface BackendMirrorOptions {
  readonly provider: Pick<Provider, 'watchPods'>;
  readonly logger: Logger;
  /** A pod's report is new or changed. */
  onReport(uid: string): void;
  /** The backend no longer holds the pod; this is its last state. `isTold`: it has said so, and does not only list it no more. */
  onGone(uid: string, last: PodReport, isTold: boolean): void;
  onEvent(uid: string, event: PodEvent): void;
  onCapabilities(capabilities: Capabilities): void;
  /** The backend has come within reach, or has gone out of it. */
  onReach(): void;
  /** The stream ended, or could not be opened; it is opened again. */
  onLost?(): void;
}

/** What can be said of the backend: nothing yet, that it is out of reach, or all that it holds. */
export type Reach = 'unknown' | 'unreachable' | 'known';

/** A snapshot of tens of thousands of pods takes seconds; one that does not end must not keep the node waiting. */
const snapshotDueMs = 120_000;
/** After this long without a stream the backend counts as out of reach. */
const unreachableAfterMs = 3_000;

/**
 * What the backend holds, kept true by one stream for all pods: a snapshot, then changes. A stream that breaks is resumed where
 * it broke off; a backend that restarted sends a new snapshot, and what that lacks is gone.
 */
export class BackendMirror {
  readonly #options: BackendMirrorOptions;
  readonly #reports = new Map<string, PodReport>();
  #cursor: string | undefined;
  /** Counts snapshots: a PUT that was answered before this one may have been lost with the backend. */
  #epoch = 0;
  #isStreaming = false;
  #trouble: string | undefined;
  #lostAt = performance.now();
  #announced: Reach = 'unknown';

  constructor(options: BackendMirrorOptions) {
    this.#options = options;
  }

  get(uid: string): PodReport | undefined {
    return this.#reports.get(uid);
  }

  uids(): IterableIterator<string> {
    return this.#reports.keys();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get reach(): Reach {
    if (this.#isStreaming) return 'known';
    return this.#trouble !== undefined && performance.now() - this.#lostAt >= unreachableAfterMs
      ? 'unreachable'
      : 'unknown';
  }

  /** Why the backend is out of reach, in words for users. */
  get trouble(): string | undefined {
    return this.#isStreaming ? undefined : this.#trouble;
  }

  async run(signal: AbortSignal): Promise<void> {
    await keepDoing(
      async () => await this.#follow(signal),
      (error) => this.#onLost(error),
      { baseMs: 200, maxMs: 5_000, settledMs: 5_000, signal },
    );
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const timer = setTimeout(
      () => silence.abort(new InterLinkError('deadline_exceeded', `Nothing was heard for ${streamSilenceMs} ms`)),
      streamSilenceMs,
    );
    const abandon = () =>
      silence.abort(new InterLinkError('deadline_exceeded', `The snapshot of pods did not end in ${snapshotDueMs} ms`));
    let snapshotTimer = setTimeout(abandon, snapshotDueMs);
    // A peer that is stopped takes the connection and answers nothing: the outage is told before this attempt has failed.
    const announcing = setTimeout(() => this.#announce(), unreachableAfterMs);
    let missing: Set<string> | undefined;
    try {
      for await (const record of this.#options.provider.watchPods({
        cursor: this.#cursor,
        signal: AbortSignal.any([signal, silence.signal]),
      })) {
        timer.refresh();
        clearTimeout(announcing);
        if (record.type === 'bookmark' && record.snapshot === 'begin') {
          missing = new Set(this.#reports.keys());
          clearTimeout(snapshotTimer);
          snapshotTimer = setTimeout(abandon, snapshotDueMs);
        } else this.#take(record, missing);
        if (record.type === 'bookmark' && record.snapshot === 'end') {
          for (const uid of missing ?? []) this.#remove(uid, false);
          missing = undefined;
          this.#epoch += 1;
        }
        if (missing === undefined) {
          clearTimeout(snapshotTimer);
          this.#onHeard('cursor' in record ? record.cursor : undefined);
        }
      }
      throw new InterLinkError('unavailable', 'The stream of pods ended');
    } finally {
      clearTimeout(timer);
      clearTimeout(snapshotTimer);
      clearTimeout(announcing);
    }
  }

  #take(record: StreamRecord, missing: Set<string> | undefined): void {
    switch (record.type) {
      case 'pod':
        missing?.delete(record.pod.uid);
        this.#reports.set(record.pod.uid, record.pod);
        this.#options.onReport(record.pod.uid);
        break;
      case 'gone':
        this.#remove(record.uid, true, record.last);
        break;
      case 'event':
        this.#options.onEvent(record.uid, record.event);
        break;
      case 'capabilities':
        this.#options.onCapabilities(record.capabilities);
        break;
      case 'bookmark':
        break;
    }
  }

  #remove(uid: string, isTold: boolean, told?: PodReport): void {
    const last = told ?? this.#reports.get(uid);
    this.#reports.delete(uid);
    if (last !== undefined) this.#options.onGone(uid, last, isTold);
  }

  #onHeard(cursor: string | undefined): void {
    this.#cursor = cursor ?? this.#cursor;
    if (this.#isStreaming) return;
    this.#isStreaming = true;
    this.#trouble = undefined;
    this.#options.logger.info({ pods: this.#reports.size }, 'backend within reach');
    this.#announce();
  }

  #onLost(error: unknown): void {
    const message = cleanLine(InterLinkError.from(error).message, maxEventBytes / 2);
    this.#options.onLost?.();
    if (this.#isStreaming) this.#lostAt = performance.now();
    if (this.#isStreaming || this.#trouble !== message)
      this.#options.logger.warn({ err: error }, 'backend out of reach');
    this.#isStreaming = false;
    this.#trouble = message;
    this.#announce();
  }

  #announce(): void {
    if (this.reach === this.#announced) return;
    this.#announced = this.reach;
    this.#options.onReach();
  }
}
