import {
  type LogOptions,
  type PodRequest,
  toLogStruct,
  toRetrievedPodData,
  type V1PodStatus,
} from '@interlink/protocol';
import { ConformanceFailure, show } from '../failure.ts';
import { type Answer, expectSuccess, jsonOf } from '../http/answer.ts';
import type { Caller } from '../http/caller.ts';
import { waitUntil } from '../wait.ts';
import { podOf, type Scene } from './scene.ts';

const cleanUpMs = 10_000;

export interface V1PodsOptions {
  readonly caller: Caller;
  /** v1 knows no owners: its pods name their node. */
  readonly node: string;
  readonly image: string;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** Run when the check is over. */
  readonly defer: (cleanUp: () => Promise<unknown>) => void;
}

/** Protocol v1 as an InterLink server calls a plugin: raw answers, and the few steps that checks share. */
export class V1Pods {
  readonly #options: V1PodsOptions;

  constructor(options: V1PodsOptions) {
    this.#options = options;
  }

  requestOf(scene: Scene = {}): PodRequest {
    return podOf({ ...scene, image: this.#options.image, nodeName: this.#options.node });
  }

  async post(request: PodRequest): Promise<Answer> {
    const { caller, defer } = this.#options;
    // Also when the check itself was cut off.
    const removal = { method: 'POST', path: '/delete', json: withGracePeriod(request, 0) } as const;
    defer(async () => await caller.ask(removal, AbortSignal.timeout(cleanUpMs)));
    return await this.ask('POST', '/create', toRetrievedPodData(request));
  }

  async create(scene: Scene = {}): Promise<PodRequest> {
    const request = this.requestOf(scene);
    expectSuccess(await this.post(request));
    return request;
  }

  async delete(request: PodRequest): Promise<Answer> {
    return await this.ask('POST', '/delete', withGracePeriod(request, 1));
  }

  /** `/status`, answered. */
  async status(...requests: PodRequest[]): Promise<Answer> {
    return await this.ask(
      'GET',
      '/status',
      requests.map(({ pod }) => pod),
    );
  }

  /** What `/status` says of each pod that it knows. @throws ConformanceFailure unless it is a list */
  async statuses(...requests: PodRequest[]): Promise<V1PodStatus[]> {
    const answer = expectSuccess(await this.status(...requests));
    const body = jsonOf(answer);
    if (Array.isArray(body)) return body as V1PodStatus[];
    throw new ConformanceFailure({ wanted: `${answer.request} answered with a list of statuses`, seen: show(body) });
  }

  /** Asks until the pod's first container is as wanted. */
  async until(request: PodRequest, what: string, isSo: (status: V1PodStatus) => boolean): Promise<V1PodStatus> {
    const { uid } = request.pod.metadata;
    return await waitUntil({
      ...{
        wanted: `/status shows pod ${uid} ${what}`,
        patienceMs: this.#options.patienceMs,
        signal: this.#options.signal,
      },
      look: async () => {
        const status = (await this.statuses(request)).find(({ UID }) => UID === uid);
        const seen = status === undefined ? 'no such pod in the answer' : show(status);
        return status !== undefined && isSo(status) ? { found: status, seen } : { seen };
      },
    });
  }

  async log({ pod }: PodRequest, options: LogOptions = {}): Promise<Answer> {
    const { name, namespace, uid } = pod.metadata;
    return await this.ask('GET', '/getLogs', toLogStruct({ name, namespace, uid }, 'main', options));
  }

  async ask(method: 'GET' | 'POST', path: string, json: unknown): Promise<Answer> {
    return await this.#options.caller.ask({ method, path, json }, this.#options.signal);
  }
}

/** The first container runs. */
export function isV1Running({ containers }: V1PodStatus): boolean {
  return containers?.[0]?.state.running !== undefined;
}

/** It has ended, or says nothing any more. */
export function hasV1Ended({ containers }: V1PodStatus): boolean {
  const state = containers?.[0]?.state;
  return state !== undefined && state.running === undefined && state.waiting === undefined;
}

function withGracePeriod({ pod }: PodRequest, terminationGracePeriodSeconds: number): PodRequest['pod'] {
  return { ...pod, spec: { ...pod.spec, terminationGracePeriodSeconds } };
}
