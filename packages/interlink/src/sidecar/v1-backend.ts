import {
  type Capabilities,
  InterLinkError,
  type LogOptions,
  type Owner,
  type Pod,
  type PodReport,
  type PodRequest,
} from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import type { Backend, News, OwnedReport, PodReference } from '@interlink/sidecar-sdk';
import { doubtOfRefusal, doubtOfSilence } from './create-doubt.ts';
import type { JobScripts, V1PodRequest } from './job-scripts.ts';
import { PollPace } from './poll-pace.ts';
import type { CreateOutcome, V1Client } from './v1-client.ts';
import { firstReport } from './v1-first-report.ts';
import { V1Ping } from './v1-ping.ts';
import { type V1Pod, V1Pods } from './v1-pods.ts';

export interface V1BackendOptions {
  readonly client: Pick<V1Client, 'create' | 'delete' | 'status' | 'logs' | 'ping'>;
  readonly logger: Logger;
  /** How long only `/status` is asked of a pod that a create may have made. */
  readonly settleMs: number;
  /** `ExportPodData` */
  readonly exportsPodData: boolean;
  /** What plugins are given beside the pod. Without it, nothing. */
  readonly scripts?: Pick<JobScripts, 'of'>;
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
    this.#pods = new V1Pods({
      client: options.client,
      settleMs: options.settleMs,
      now: this.#now,
      onReport: ({ owner }, report) => this.#news?.report({ owner, report }),
      onGone: (uid) => this.#news?.gone(uid),
      onUnwanted: (entry) => void this.#end(entry),
    });
  }

  /** @throws InterLinkError while the peer can't be reached */
  async capabilities(): Promise<Capabilities> {
    const { exportsPodData } = this.#options;
    const { pool, trouble } = await this.#ping.read();
    return {
      protocolVersions: ['v1'],
      backend: { kind: 'interlink-v1', version: '1' },
      verbs: ['create', 'delete', 'log'],
      volumeTypes: [
        ...(exportsPodData ? (['configMap', 'secret'] as const) : []),
        'projected',
        'downwardAPI',
        'emptyDir',
      ],
      queues: true,
      pools: pool === undefined ? [] : [pool],
      warnings: [
        'a v1 plugin can’t list its pods: what InterLink was not told of since it started is unknown',
        ...(trouble === undefined ? [] : [`the plugin’s answer to a ping is a failure: ${trouble}`]),
      ],
    };
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
    const { pod } = request;
    this.#refuse(request);
    const entry = this.#pods.know(pod, owner);
    entry.pod = pod;
    entry.isUnwanted = false;
    const failures = await this.#pods.ask([entry]);
    if (entry.report !== undefined) return entry.report;
    if (entry.doubt !== undefined) throw this.#notYet(entry, failures.get(pod.metadata.uid));
    const script = (await this.#options.scripts?.of(request)) ?? {};
    entry.isSending = true;
    const outcome = await this.#options.client.create(request, script);
    entry.isSending = false;
    this.#hurryUp();
    return this.#conclude(entry, outcome);
  }

  async adopt({ pod }: PodRequest, owner: Owner): Promise<PodReport | undefined> {
    const entry = this.#pods.know(pod, owner);
    if (entry.report !== undefined) return entry.report;
    const failures = await this.#pods.ask([entry]);
    const failure = failures.get(pod.metadata.uid);
    if (failure !== undefined) throw failure;
    return entry.report;
  }

  /** Asks, once for all, for those pods that this process has not asked for yet; the others are asked for anyway, but for another owner's. */
  async meet(pods: ReadonlyArray<Pod>, owner: Owner): Promise<void> {
    const meeting = this.#meeting
      .catch(() => undefined)
      .then(async () => {
        const own = pods.filter((pod) => !this.#pods.isOfAnother(pod, owner));
        const strangers = own.map((pod) => this.#pods.know(pod, owner)).filter(({ isMet }) => !isMet);
        if (strangers.length > 0) await this.#pods.ask(strangers);
      });
    this.#meeting = meeting;
    await meeting;
  }

  async delete({ uid }: PodReference): Promise<void> {
    const entry = this.#pods.find(uid);
    if (entry === undefined) return;
    await this.#options.client.delete(entry.pod);
    this.#pods.forget(uid);
    this.#news?.gone(uid);
  }

  /** Of a pod that the plugin has not shown: it may have it all the same, or get it yet. @throws InterLinkError `not_found` for another owner's */
  async deleteUnseen(pod: Pod, owner: Owner): Promise<void> {
    const entry = this.#pods.know(pod, owner);
    entry.isUnwanted = true;
    await this.#options.client.delete(pod);
  }

  async logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    return await this.#options.client.logs(pod, container, options, signal);
  }

  #conclude(entry: V1Pod, outcome: CreateOutcome): PodReport {
    const { settleMs, logger } = this.#options;
    if (outcome.kind === 'taken') {
      entry.report = firstReport(entry.pod, outcome.jobID);
      return entry.report;
    }
    const nowMs = this.#now();
    if (outcome.kind === 'refused') entry.doubt = doubtOfRefusal(nowMs, settleMs);
    if (outcome.kind === 'unclear') {
      entry.doubt = doubtOfSilence(nowMs, settleMs);
      const { name, namespace, uid } = entry.pod.metadata;
      const fields = { pod: `${namespace}/${name}`, podUid: uid, node: entry.owner.node, settleMs };
      logger.warn({ err: outcome.error, ...fields }, 'a create has no clear end: only /status is asked for a while');
    }
    throw outcome.error;
  }

  #notYet({ pod, doubt }: V1Pod, failure: InterLinkError | undefined): InterLinkError {
    const { namespace, name } = pod.metadata;
    const fromMs = failure === undefined ? doubt?.absentFromMs : doubt?.failedFromMs;
    const seconds = Math.max(0, Math.ceil(((fromMs ?? 0) - this.#now()) / 1_000));
    const said = failure === undefined ? '' : `; it answers /status for the pod with: ${failure.message}`;
    return new InterLinkError(
      'unavailable',
      `Cannot hand pod "${namespace}/${name}" to the v1 plugin yet: an earlier create may have had an effect, and only /status is asked for ${seconds} s more${said}`,
      { reason: 'CreateUnclear' },
    );
  }

  #refuse({ pod }: PodRequest): void {
    if (this.#options.exportsPodData) return;
    const volume = pod.spec.volumes?.find(({ configMap, secret }) => configMap !== undefined || secret !== undefined);
    if (volume === undefined) return;
    const { namespace, name } = pod.metadata;
    throw new InterLinkError(
      'failed_precondition',
      `Cannot run pod "${namespace}/${name}": volume "${volume.name}" is a ConfigMap or Secret, and ExportPodData is false`,
    );
  }

  async #end(entry: V1Pod): Promise<void> {
    try {
      await this.#options.client.delete(entry.pod);
      this.#pods.forget(entry.pod.metadata.uid);
      this.#news?.gone(entry.pod.metadata.uid);
    } catch (error) {
      this.#options.logger.warn(
        { err: error, podUid: entry.pod.metadata.uid },
        'cannot delete a pod that has turned up late',
      );
    }
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
      hasChanged = await this.#pods.poll();
    } finally {
      this.#polledMs = this.#now();
      this.#pace.answered({ hasChanged, tookMs: this.#polledMs - startedMs });
    }
  }

  #hurryUp(): void {
    this.#pace.hurry();
    this.#hurry.abort();
  }
}
