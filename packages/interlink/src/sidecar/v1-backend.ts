import {
  type Capabilities,
  InterLinkError,
  type LogOptions,
  type Owner,
  type Pod,
  type PodReport,
  type PodRequest,
} from '@interlink/protocol';
import { sleep } from '@interlink/service-kit';
import type { Backend, News, OwnedReport, PodReference } from '@interlink/sidecar-sdk';
import type { V1PodRequest } from './job-scripts.ts';
import { PollPace } from './poll-pace.ts';
import { v1Capabilities } from './v1-capabilities.ts';
import type { V1Client } from './v1-client.ts';
import { type V1CreateSettings, V1Creates } from './v1-creates.ts';
import { V1Deletes } from './v1-deletes.ts';
import { V1Ping } from './v1-ping.ts';
import { V1Pods } from './v1-pods.ts';
import { V1Rounds } from './v1-rounds.ts';

export interface V1BackendOptions extends V1CreateSettings {
  readonly client: Pick<V1Client, 'create' | 'delete' | 'status' | 'logs' | 'ping'>;
  /** What its only pool is called where its nodes stand for one. */
  readonly pool?: string | undefined;
  /** Milliseconds since the epoch, which never go back. */
  readonly now?: () => number;
}

/**
 * A v1 plugin as a backend of the sidecar SDK: its polled answers become news. v1 can't list: what this process has not been told of since
 * it started, it does not know. A create asks `/status` first, takes over a pod that is there, and waits while an earlier one is in doubt.
 */
export class V1Backend implements Backend {
  readonly #options: V1BackendOptions;
  readonly #now: () => number;
  readonly #pods: V1Pods;
  readonly #rounds: V1Rounds;
  readonly #creates: V1Creates;
  readonly #deletes: V1Deletes;
  readonly #ping: V1Ping;
  readonly #pace = new PollPace();
  #news: News | undefined;
  #isListed = false;
  #meeting: Promise<unknown> = Promise.resolve();
  #hurry = new AbortController();
  #polledMs: number;

  constructor(options: V1BackendOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.timeOrigin + performance.now());
    this.#polledMs = this.#now();
    this.#ping = new V1Ping(options.client);
    const shared = { ...options, now: this.#now };
    this.#pods = new V1Pods(shared);
    this.#rounds = new V1Rounds({
      ...{ client: options.client, pods: this.#pods, now: this.#now },
      onReport: ({ owner }, report) => this.#news?.report({ owner, report }),
      onGone: (uid) => this.#news?.gone(uid),
      onUnwanted: (entry) => void this.#deletes.end(entry),
    });
    this.#deletes = new V1Deletes({ ...shared, pods: this.#pods, onGone: (uid) => this.#news?.gone(uid) });
    this.#creates = new V1Creates({ ...shared, pods: this.#pods, rounds: this.#rounds });
  }

  /** @throws InterLinkError while the peer can't be reached */
  async capabilities(): Promise<Capabilities> {
    return v1Capabilities(await this.#ping.read(), this.#options);
  }

  async list(): Promise<OwnedReport[]> {
    // At first nothing is known, and nobody has to be asked for that.
    if (this.#isListed) await this.#poll();
    this.#isListed = true;
    return [...this.#pods.all()].flatMap(({ owner, report, isUnwanted }) =>
      report === undefined || isUnwanted ? [] : [{ owner, report }],
    );
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    this.#news = news;
    while (!signal.aborted) {
      const waitMs = this.#polledMs + this.#pace.waitMs({ isIdle: this.#isIdle() }) - this.#now();
      await sleep(waitMs, AbortSignal.any([signal, this.#hurry.signal]));
      if (signal.aborted) return;
      if (this.#hurry.signal.aborted) {
        this.#hurry = new AbortController();
        continue;
      }
      // What went wrong is told, and tried again, by the list that this asks for.
      await this.#poll().catch(() => news.relist());
    }
  }

  async create(request: V1PodRequest, owner: Owner): Promise<PodReport> {
    return await this.#creates.create(request, owner, () => {
      this.#pace.hurry();
      this.#hurry.abort();
    });
  }

  /**
   * @throws InterLinkError with reason `status_unclear` when the plugin fails for this pod, and no create is in doubt any more: it may not know
   * the pod, or can't look now. What it says to a deletion tells more.
   */
  async adopt({ pod }: PodRequest, owner: Owner): Promise<PodReport | undefined> {
    const entry = this.#pods.know(pod, owner);
    // As long as its owner asks for it, it is not forgotten: its deletion, tried again, has to reach the plugin.
    entry.isUnwanted = false;
    if (entry.report !== undefined) return entry.report;
    const failures = await this.#rounds.ask([entry]);
    const failure = failures.get(pod.metadata.uid);
    if (failure === undefined) return entry.report;
    if (entry.doubt !== undefined) throw failure;
    throw new InterLinkError(failure.code, failure.message, { reason: 'status_unclear', cause: failure });
  }

  /** Asks, once for all, for those pods that this process has not asked for yet; the others are asked for anyway, but for another owner's. */
  async meet(pods: ReadonlyArray<Pod>, owner: Owner): Promise<void> {
    const meeting = this.#meeting
      .catch(() => undefined)
      .then(async () => {
        const own = pods.filter((pod) => !this.#pods.isOfAnother(pod, owner));
        const strangers = own.map((pod) => this.#pods.know(pod, owner)).filter(({ isMet }) => !isMet);
        if (strangers.length > 0) await this.#rounds.ask(strangers);
      });
    this.#meeting = meeting;
    await meeting;
  }

  async delete({ uid }: PodReference): Promise<void> {
    await this.#deletes.delete(uid);
  }

  async deleteUnreported(pod: Pick<PodReference, 'owner' | 'uid'>): Promise<void> {
    await this.#deletes.deleteUnreported(pod);
  }

  /** See {@link V1Deletes.deleteUnseen}. */
  async deleteUnseen(pod: Pod, owner: Owner): Promise<void> {
    await this.#deletes.deleteUnseen(pod, owner);
  }

  async logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    return await this.#options.client.logs(pod, container, options, signal);
  }

  #isIdle(): boolean {
    return [...this.#pods.all()].every(
      ({ report, doubt }) =>
        doubt === undefined &&
        (report?.status.containerStatuses ?? []).every(({ state }) => state.terminated !== undefined),
    );
  }

  async #poll(): Promise<void> {
    const startedMs = this.#now();
    let hasChanged = false;
    try {
      hasChanged = await this.#rounds.poll();
    } finally {
      this.#polledMs = this.#now();
      this.#pace.answered({ hasChanged, tookMs: this.#polledMs - startedMs });
    }
  }
}
