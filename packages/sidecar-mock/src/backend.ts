import { type Duplex, PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttachOptions,
  type Backend,
  type Capabilities,
  type ExecOptions,
  InterLinkError,
  type LogOptions,
  type News,
  type NodeStats,
  type OwnedReport,
  type Owner,
  ownerKey,
  type Pod,
  type PodEvent,
  type PodReference,
  type PodReport,
  type PodRequest,
  type PodUpdate,
  type RemoteCommand,
  type ResolvedVolume,
  sleep,
} from '@interlink/sidecar-sdk';
import { mockCapabilities } from './capabilities.ts';
import { type EventFlood, playEventFlood } from './event-flood.ts';
import { playAttachment, playCommand } from './exec.ts';
import { linesOf, openLog } from './logs.ts';
import { MockPod } from './mock-pod.ts';
import { type PodScript, parseScript } from './script.ts';
import { playStats } from './stats.ts';

export interface MockOptions {
  /** Milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: () => number;
  /** Instead of {@link mockCapabilities}. */
  readonly capabilities?: () => Capabilities;
  /** What becomes of a pod. Default: what its annotations say. @throws InterLinkError `invalid_argument` for those that do not fit */
  readonly scriptOf?: (pod: Pod) => PodScript;
}

/** A backend that keeps pods in memory and plays their scripts. A pod without delays costs no timer. */
export function createMockBackend(options: MockOptions = {}): Backend {
  return new MockBackend(options);
}

class MockBackend implements Backend {
  readonly #now: () => number;
  readonly #capabilities: () => Capabilities;
  readonly #scriptOf: (pod: Pod) => PodScript;
  readonly #pods = new Map<string, MockPod>();
  /** Creates that failed on purpose, by UID. */
  readonly #failures = new Map<string, number>();
  #leaving: string[] = [];
  #news: News | undefined;
  /** Something changed while nobody watched. */
  #hasMissed = false;

  constructor(options: MockOptions) {
    this.#now = options.now ?? Date.now;
    this.#capabilities = options.capabilities ?? (() => mockCapabilities);
    this.#scriptOf = options.scriptOf ?? (({ metadata }) => parseScript(metadata.annotations));
  }

  async capabilities(): Promise<Capabilities> {
    return this.#capabilities();
  }

  async list(): Promise<OwnedReport[]> {
    return Array.from(this.#pods.values(), ({ owner, report }) => ({ owner, report }));
  }

  /** It is kept for it, and it has no use for it. */
  async kubeconfig(): Promise<void> {
    return undefined;
  }

  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    const { uid } = request.pod.metadata;
    const known = this.#pods.get(uid);
    if (known !== undefined) return known.report;
    const script = this.#scriptOf(request.pod);
    if (script.createDelayMs > 0) await delay(script.createDelayMs);
    this.#failOnPurpose(uid, script);
    const pod = new MockPod({ pod: request.pod, owner, script, nowMs: this.#now() });
    this.#pods.set(uid, pod);
    pod.show(request.volumes, this.#now());
    if (script.timeline !== undefined) this.#followTimeline(pod);
    else if (script.imageError === undefined) {
      if (script.startDelayMs === 0) this.#start(pod);
      else this.#after(pod, script.startDelayMs, () => this.#start(pod));
    }
    if (script.event !== undefined || script.imageError !== undefined) this.#tellEvents(pod);
    if (script.eventFlood !== undefined) this.#flood(pod, script.eventFlood);
    return pod.report;
  }

  async update({ pod }: PodUpdate): Promise<PodReport> {
    const known = this.#find(pod.metadata.uid);
    known.update(pod, this.#now());
    return known.report;
  }

  async delete({ uid }: PodReference, gracePeriodSeconds: number): Promise<void> {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    const now = this.#now();
    pod.termAtMs ??= now;
    const endsAt = pod.endedAtMs ?? pod.termAtMs + pod.script.deleteDelayMs;
    const killedAt = now + gracePeriodSeconds * 1_000;
    const exitCode = endsAt <= killedAt ? 0 : 137;
    this.#after(pod, Math.min(endsAt, killedAt) - now, () => this.#leave(pod, exitCode));
  }

  async updateVolumes({ uid }: PodReference, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    const pod = this.#find(uid);
    const unknown = volumes.find(({ name }) => !pod.hasFiles(name));
    if (unknown !== undefined) {
      throw new InterLinkError('invalid_argument', `Pod ${uid} has no volume of files ${JSON.stringify(unknown.name)}`);
    }
    pod.show(volumes, this.#now());
  }

  async logs(
    { uid }: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    return openLog({ pod: this.#find(uid), container, options, now: this.#now, signal });
  }

  async exec({ uid }: PodReference, _container: string, options: ExecOptions): Promise<RemoteCommand> {
    const { script, over } = this.#find(uid);
    return playCommand(options, script, over.signal);
  }

  async attach({ uid }: PodReference, container: string, options: AttachOptions): Promise<RemoteCommand> {
    const { script, over } = this.#find(uid);
    const log = Buffer.concat(linesOf(script, container, this.#now()).map(({ content }) => content));
    return playAttachment(options, log.toString(), over.signal);
  }

  /** Each port gives back what it gets. */
  async portForward({ uid }: PodReference): Promise<Duplex> {
    const { script, over } = this.#find(uid);
    if (script.portError !== undefined) throw new InterLinkError('unavailable', script.portError);
    const echo = new PassThrough();
    const end = () => void echo.destroy();
    over.signal.addEventListener('abort', end, { once: true });
    return echo.once('close', () => over.signal.removeEventListener('abort', end));
  }

  async stats(owner: Owner): Promise<NodeStats> {
    const own = [...this.#pods.values()].filter((pod) => ownerKey(pod.owner) === ownerKey(owner));
    return playStats(own, this.#now());
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    this.#news = news;
    if (this.#hasMissed) news.relist();
    this.#hasMissed = false;
    while (!signal.aborted) await sleep(2 ** 31 - 1, signal);
    this.#news = undefined;
  }

  #find(uid: string): MockPod {
    const pod = this.#pods.get(uid);
    if (pod === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
    return pod;
  }

  #failOnPurpose(uid: string, { createFailures, createError }: PodScript): void {
    if (createFailures === 0) return;
    const count = (this.#failures.get(uid) ?? 0) + 1;
    if (count > createFailures) {
      this.#failures.delete(uid);
      return;
    }
    this.#failures.set(uid, count);
    throw new InterLinkError(createError, `Create number ${count} fails, as the pod's annotations ask`);
  }

  #start(pod: MockPod): void {
    pod.start(this.#now());
    const { runMs } = pod.script;
    if (pod.endedAtMs === undefined && runMs !== Number.POSITIVE_INFINITY) {
      this.#after(pod, runMs, () => pod.finish(this.#now()));
    }
  }

  #followTimeline(pod: MockPod): void {
    const now = this.#now();
    const nextMs = pod.advance(now);
    if (nextMs !== undefined) this.#after(pod, nextMs - now, () => this.#followTimeline(pod));
  }

  #flood(pod: MockPod, flood: EventFlood): void {
    const tell = (event: PodEvent) => this.#news?.event(pod.report.uid, event);
    playEventFlood(flood, { now: this.#now, tell, over: pod.over.signal });
  }

  /** Does the pod's next step, in place of what was to be next; at once without a timer and without news when there is nothing to wait for. */
  #after(pod: MockPod, ms: number, step: () => void): void {
    clearTimeout(pod.timer);
    if (ms <= 0) {
      step();
      return;
    }
    pod.timer = setTimeout(() => {
      step();
      this.#tell(pod);
    }, ms).unref();
  }

  /** The last state is told on its own before the pod is gone: readers see the newest state of a pod only. */
  #leave(pod: MockPod, exitCode: number): void {
    pod.stop(this.#now(), exitCode);
    this.#tell(pod);
    if (this.#leaving.length === 0) setImmediate(() => this.#forgetLeaving());
    this.#leaving.push(pod.report.uid);
  }

  #forgetLeaving(): void {
    for (const uid of this.#leaving) {
      this.#pods.delete(uid);
      this.#news?.gone(uid);
    }
    this.#leaving = [];
  }

  #tell({ owner, report }: MockPod): void {
    if (this.#news === undefined) this.#hasMissed = true;
    else this.#news.report({ owner, report });
  }

  #tellEvents(pod: MockPod): void {
    const { event, imageError, message } = pod.script;
    const { uid } = pod.report;
    this.#tell(pod);
    if (event !== undefined) this.#news?.event(uid, { type: 'Normal', reason: 'Mock', message: event });
    if (imageError !== undefined) {
      this.#news?.event(uid, { type: 'Warning', reason: 'Failed', message: message ?? `Error: ${imageError}` });
    }
  }
}
