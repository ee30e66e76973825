import { InterLinkError, type Owner, type PodReport, type ReportLog } from '@interlink/protocol';
import { keepDoing, type Logger, sleep } from '@interlink/service-kit';
import type { Backend, OwnedReport, PodReference } from '../backend.ts';
import { PodRegistry } from './pod-registry.ts';
import type { PodTarget } from './reference-to.ts';

/** A backend without `watch` is listed this often. */
const pollIntervalMs = 2_000;
/** With `watch`, a list only proves that nothing was missed. */
const resyncIntervalMs = 60_000;

/** What a backend says of its pods, kept true by lists and, where it has that, by what it tells of itself; and whether that can be trusted. */
export class BackendReports {
  readonly #backend: Pick<Backend, 'list' | 'watch'>;
  readonly #logger: Logger;
  readonly #registry: PodRegistry;
  #relistNow = new AbortController();
  #trouble: string | undefined = 'the backend has not been listed yet';
  #troubled = new AbortController();
  readonly #listed = Promise.withResolvers<void>();
  #listedAt: number | undefined;

  constructor(backend: Pick<Backend, 'list' | 'watch'>, logger: Logger) {
    this.#backend = backend;
    this.#logger = logger;
    this.#registry = new PodRegistry(() => this.#relistNow.abort());
  }

  /** Undefined when the reports can be trusted, else why not. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Aborts when the backend can't be listed any more. */
  get troubled(): AbortSignal {
    return this.#troubled.signal;
  }

  /** How long ago the backend was last listed; undefined before the first time. */
  get listAgeSeconds(): number | undefined {
    return this.#listedAt === undefined ? undefined : (performance.now() - this.#listedAt) / 1_000;
  }

  /** Resolves after the first complete list. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  /** Of all owners. */
  logs(): Iterable<ReportLog> {
    return this.#registry.logs();
  }

  /** Keeps the reports true until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#keepListing(signal), this.#keepWatching(signal)]);
  }

  /** @throws InterLinkError `unavailable` before the first list, or while the backend can't be listed */
  assertListed(): void {
    if (this.#trouble !== undefined)
      throw new InterLinkError('unavailable', `The backend does not answer: ${this.#trouble}`);
  }

  /** The owner's reports. @throws InterLinkError `unavailable`, see {@link assertListed} */
  logOf(owner: Owner): ReportLog {
    this.assertListed();
    return this.#registry.logOf(owner);
  }

  /** The pod's newest report. @throws InterLinkError `not_found`, also for another owner's pod; `unavailable` */
  get({ owner, uid }: PodTarget): PodReport {
    this.assertListed();
    const known = this.#registry.find(owner, uid);
    if (known === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
    return known;
  }

  /** As {@link get}, but undefined when there is no such pod, and whether or not the backend can be listed. */
  find({ owner, uid }: PodTarget): PodReport | undefined {
    return this.#registry.find(owner, uid);
  }

  /** For v1, which names no owner. @throws InterLinkError `unavailable`, see {@link assertListed} */
  findByUid(uid: string): { reference: PodReference; report: PodReport } | undefined {
    this.assertListed();
    return this.#registry.findByUid(uid);
  }

  /** What the backend has answered. */
  put(owned: OwnedReport): void {
    this.#registry.report(owned);
  }

  async #keepListing(signal: AbortSignal): Promise<void> {
    let retryMs = 100;
    const intervalMs = this.#backend.watch === undefined ? pollIntervalMs : resyncIntervalMs;
    while (!signal.aborted) {
      this.#relistNow = new AbortController();
      let waitMs = intervalMs;
      try {
        await this.#registry.replaceAll(() => this.#backend.list());
        if (this.#trouble !== undefined) {
          this.#logger.info('backend listed');
          this.#troubled = new AbortController();
        }
        this.#trouble = undefined;
        this.#listedAt = performance.now();
        this.#listed.resolve();
        retryMs = 100;
      } catch (error) {
        const { message } = InterLinkError.from(error);
        if (this.#trouble !== message) this.#logger.warn({ err: error }, 'cannot list the backend');
        this.#trouble = message;
        this.#troubled.abort();
        waitMs = retryMs;
        retryMs = Math.min(retryMs * 2, 5_000);
      }
      await sleep(waitMs, AbortSignal.any([signal, this.#relistNow.signal]));
    }
  }

  async #keepWatching(signal: AbortSignal): Promise<void> {
    const { watch } = this.#backend;
    if (watch === undefined) return;
    await keepDoing(
      async () => {
        await watch.call(this.#backend, this.#registry, signal);
        this.#relistNow.abort();
      },
      (error) => {
        this.#logger.warn({ err: error }, 'the backend’s events broke off');
        this.#relistNow.abort();
      },
      { baseMs: 100, maxMs: 5_000, settledMs: 10_000, signal },
    );
  }
}
