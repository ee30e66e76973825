import {
  type Backend,
  createLogger,
  type News,
  type OwnedReport,
  type PodEvent,
  type PodReport,
} from '@interlink/sidecar-sdk';
import { createProcessBackend } from '../backend.ts';

/** A backend that is watched, and what it has told. */
export class RunningBackend implements AsyncDisposable {
  readonly backend: Backend;
  readonly reports = new Map<string, PodReport[]>();
  readonly gone = new Set<string>();
  readonly events: Array<PodEvent & { uid: string }> = [];
  readonly #stop = new AbortController();
  readonly #watching: Promise<void> | undefined;
  #changed = Promise.withResolvers<void>();

  static async start(root: string): Promise<RunningBackend> {
    const backend = await createProcessBackend({ root, exportsPodData: true, logger: createLogger('test', 'silent') });
    const running = new RunningBackend(backend);
    await backend.list();
    return running;
  }

  private constructor(backend: Backend) {
    this.backend = backend;
    this.#watching = backend.watch?.(this.#news(), this.#stop.signal);
  }

  /** Resolves with the first of the pod's reports, past ones too, that fits. */
  async until(uid: string, fits: (report: PodReport) => boolean): Promise<PodReport> {
    for (;;) {
      const found = this.reports.get(uid)?.find(fits);
      if (found !== undefined) return found;
      await this.#changed.promise;
    }
  }

  async untilGone(uid: string): Promise<void> {
    while (!this.gone.has(uid)) await this.#changed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  #news(): News {
    const tell = () => {
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    return {
      report: ({ report }: OwnedReport) => {
        this.reports.set(report.uid, [...(this.reports.get(report.uid) ?? []), report]);
        tell();
      },
      gone: (uid) => {
        this.gone.add(uid);
        tell();
      },
      event: (uid, event) => void this.events.push({ ...event, uid }),
      relist: () => undefined,
    };
  }
}
