import {
  type Owner,
  ownerPath,
  type PodReport,
  type PodRequest,
  type PodUpdate,
  type ResolvedVolume,
} from '@interlink/protocol';
import { ConformanceFailure, show } from '../failure.ts';
import { type Answer, expectStatus, expectSuccess, jsonOf } from '../http/answer.ts';
import type { Caller, OpenAnswer } from '../http/caller.ts';
import { waitUntil } from '../wait.ts';
import { RecordStream } from './record-stream.ts';
import { type PodOptions, podOf, type Scene } from './scene.ts';

const cleanUpMs = 10_000;

export interface OwnedPodsOptions {
  readonly caller: Caller;
  readonly owner: Owner;
  readonly image: string;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** Sent with every call but those that clean up. Default: none. */
  readonly epoch?: number;
  /** Run when the check is over. */
  readonly defer: (cleanUp: () => Promise<unknown>) => void;
}

/** Protocol v2 as one owner calls it: raw answers, and the few steps that checks share. */
export class OwnedPods {
  readonly owner: Owner;
  readonly path: string;
  readonly #options: OwnedPodsOptions;

  constructor(options: OwnedPodsOptions) {
    this.owner = options.owner;
    this.path = `${ownerPath(options.owner)}/pods`;
    this.#options = options;
  }

  /** The same owner's pods, called by a virtual kubelet that leads in this epoch. */
  at(epoch: number): OwnedPods {
    return new OwnedPods({ ...this.#options, epoch });
  }

  /** The request for a pod that plays the scene; nothing is sent yet. */
  requestOf(scene: Scene & Partial<Pick<PodOptions, 'uid'>> = {}): PodRequest {
    return podOf({ ...scene, image: this.#options.image });
  }

  async put(request: PodRequest, uid: string = request.pod.metadata.uid): Promise<Answer> {
    const { caller, defer } = this.#options;
    // Also when the check itself was cut off.
    const removal = { method: 'DELETE', path: `${this.path}/${uid}?gracePeriodSeconds=0` } as const;
    defer(async () => await caller.ask(removal, AbortSignal.timeout(cleanUpMs)));
    return await this.#ask({ method: 'PUT', path: `${this.path}/${uid}`, json: request });
  }

  /** @param uid in the path */
  async patch(update: PodUpdate | Pick<PodRequest, 'pod'>, uid: string = update.pod.metadata.uid): Promise<Answer> {
    return await this.#ask({ method: 'PATCH', path: `${this.path}/${uid}`, json: update });
  }

  /** Creates a pod that plays the scene. @throws ConformanceFailure unless it is accepted */
  async create(scene: Scene = {}): Promise<PodRequest> {
    const request = this.requestOf(scene);
    expectSuccess(await this.put(request));
    return request;
  }

  async createRunning(scene: Scene = {}): Promise<PodRequest> {
    const request = await this.create(scene);
    await this.until(request, 'running', isRunning);
    return request;
  }

  async createEnded(scene: Scene): Promise<{ request: PodRequest; report: PodReport }> {
    const request = await this.create({ runSeconds: 0, ...scene });
    return { request, report: await this.until(request, 'ended', hasEnded) };
  }

  /** @param query `?gracePeriodSeconds=…` or nothing */
  async delete(uid: string, query = ''): Promise<Answer> {
    return await this.#ask({ method: 'DELETE', path: `${this.path}/${uid}${query}` });
  }

  async askList(): Promise<Answer> {
    return await this.#ask({ method: 'GET', path: this.path });
  }

  /** For a stream that is not to be had: waits for the end of the answer. */
  async askWatch(): Promise<Answer> {
    return await this.#ask({ method: 'GET', path: `${this.path}?watch=true` });
  }

  async updateVolumes(uid: string, volumes: ReadonlyArray<ResolvedVolume>): Promise<Answer> {
    return await this.#ask({ method: 'PATCH', path: `${this.path}/${uid}/volumes`, json: { volumes } });
  }

  /** The list, taken at its word: its shape has a check of its own. */
  async list(): Promise<PodReport[]> {
    const answer = expectStatus(await this.askList(), [200]);
    const body = jsonOf(answer);
    const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : undefined;
    if (Array.isArray(items)) return items as PodReport[];
    throw new ConformanceFailure({ wanted: `${answer.request} answered with {"items": […]}`, seen: show(body) });
  }

  async find(uid: string): Promise<PodReport | undefined> {
    return (await this.list()).find((report) => report.uid === uid);
  }

  /** Lists until the pod is as wanted. @throws ConformanceFailure when it is not in time */
  async until({ pod }: PodRequest, what: string, isSo: (report: PodReport) => boolean): Promise<PodReport> {
    const { uid } = pod.metadata;
    return await waitUntil({
      ...{ wanted: `the list shows pod ${uid} ${what}`, ...this.#waiting },
      look: async () => {
        const report = await this.find(uid);
        const seen = report === undefined ? `no pod ${uid} in the list` : show(report.status);
        return report !== undefined && isSo(report) ? { found: report, seen } : { seen };
      },
    });
  }

  /** Lists until the pod is not there any more. @returns milliseconds until a list lacked it */
  async untilGone(uid: string): Promise<number> {
    const beginMs = performance.now();
    return await waitUntil({
      ...{ wanted: `pod ${uid} is gone from the list`, ...this.#waiting },
      look: async () => {
        const report = await this.find(uid);
        return report === undefined ? { found: performance.now() - beginMs, seen: '' } : { seen: show(report.status) };
      },
    });
  }

  async log(uid: string, query = '', container = 'main'): Promise<Answer> {
    return await this.#ask({ method: 'GET', path: this.#logPath(uid, query, container) });
  }

  /** Asks for the log until this is in it. @throws ConformanceFailure when it is not in time */
  async untilLogged({ pod }: PodRequest, wanted: string): Promise<void> {
    const { uid } = pod.metadata;
    await waitUntil({
      ...{ wanted: `the log of pod ${uid} has ${show(wanted)}`, ...this.#waiting },
      look: async () => {
        const { status, text } = await this.log(uid);
        return text.includes(wanted) ? { found: true, seen: '' } : { seen: `${status}, ${show(text)}` };
      },
    });
  }

  async stats(): Promise<Answer> {
    return await this.#ask({ method: 'GET', path: `${ownerPath(this.owner)}/stats` });
  }

  async openLog(uid: string, query: string): Promise<OpenAnswer> {
    const { caller, signal } = this.#options;
    return await caller.open({ method: 'GET', path: this.#logPath(uid, query, 'main') }, signal);
  }

  /** Opens the stream of records; it is closed when the check is over. */
  async watch(cursor?: string): Promise<RecordStream> {
    const { caller, patienceMs, signal, defer } = this.#options;
    const resume = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const closing = new AbortController();
    const path = `${this.path}?watch=true${resume}`;
    const answer = await caller.open(
      { method: 'GET', path, ...this.#headers },
      AbortSignal.any([signal, closing.signal]),
    );
    if (answer.status !== 200) {
      closing.abort();
      throw new ConformanceFailure({ wanted: `${answer.request} answered 200`, seen: String(answer.status) });
    }
    const stream = new RecordStream(answer, { patienceMs, close: () => closing.abort() });
    defer(async () => stream.close());
    return stream;
  }

  async #ask(call: Parameters<Caller['ask']>[0]): Promise<Answer> {
    return await this.#options.caller.ask({ ...call, ...this.#headers }, this.#options.signal);
  }

  get #headers(): { headers?: Record<string, string> } {
    const { epoch } = this.#options;
    return epoch === undefined ? {} : { headers: { 'InterLink-Epoch': String(epoch) } };
  }

  get #waiting() {
    return { patienceMs: this.#options.patienceMs, signal: this.#options.signal };
  }

  #logPath(uid: string, query: string, container: string): string {
    return `${this.path}/${uid}/containers/${container}/log${query}`;
  }
}

/** The one container of a scene's pod runs. */
export function isRunning({ status }: PodReport): boolean {
  return status.containerStatuses[0]?.state.running !== undefined;
}

/** It runs, or it has yet to begin. */
export function isRunningOrWaiting(report: PodReport): boolean {
  return isRunning(report) || report.status.containerStatuses[0]?.state.waiting !== undefined;
}

/** It has ended; a state that says nothing any more counts, so that a check can say what is missing. */
export function hasEnded({ status }: PodReport): boolean {
  const state = status.containerStatuses[0]?.state;
  return state !== undefined && state.running === undefined && state.waiting === undefined;
}
