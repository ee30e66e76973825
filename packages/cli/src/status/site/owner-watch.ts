import { InterLinkError, type Owner, type PodClient, type PodReport } from '@interlink/protocol';
import { keepDoing } from '@interlink/service-kit';
import { type OwnerReports, whyNoPods } from './read-site.ts';

const retry = { baseMs: 1_000, maxMs: 30_000, settledMs: 10_000 };

/** Keeps one owner's reports up to date by InterLink's stream, heartbeats of which come every few seconds. */
export class OwnerWatch {
  readonly #client: Pick<PodClient, 'owner' | 'watchPods'>;
  readonly #onChange: () => void;
  #reports = new Map<string, PodReport>();
  /** Pods of the snapshot under way; undefined: there is none. */
  #snapshot: Map<string, PodReport> | undefined;
  #heardAt: string | undefined;
  #trouble: string | undefined;

  constructor(client: Pick<PodClient, 'owner' | 'watchPods'>, onChange: () => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  get facts(): OwnerReports {
    const owner: Owner = this.#client.owner;
    return { owner, reports: [...this.#reports.values()], heardAt: this.#heardAt, trouble: this.#trouble };
  }

  /** Runs until aborted: a stream that ends is begun anew. */
  async run(signal: AbortSignal): Promise<void> {
    const onError = (error: unknown) => {
      this.#trouble = whyNoPods(error);
      this.#onChange();
    };
    await keepDoing(async () => await this.follow(signal), onError, { ...retry, signal });
  }

  /** One stream, to its end. @throws InterLinkError when it ends, since it is to go on */
  async follow(signal: AbortSignal): Promise<void> {
    for await (const record of this.#client.watchPods({ signal, isOnlooker: true })) {
      this.#heardAt = new Date().toISOString();
      this.#trouble = undefined;
      if (record.type === 'pod') (this.#snapshot ?? this.#reports).set(record.pod.uid, record.pod);
      else if (record.type === 'gone') (this.#snapshot ?? this.#reports).delete(record.uid);
      else if (record.type !== 'bookmark') continue;
      else if (record.snapshot === 'begin') this.#snapshot = new Map();
      else if (record.snapshot === 'end') this.#reports = this.#snapshot ?? this.#reports;
      if (record.type === 'bookmark' && record.snapshot !== 'begin') this.#snapshot = undefined;
      this.#onChange();
    }
    if (!signal.aborted) throw new InterLinkError('unavailable', 'InterLink ended the stream of news');
  }
}
