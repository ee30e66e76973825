import {
  fromV1PodStatus,
  type HttpTarget,
  InterLinkError,
  type LogOptions,
  listBody,
  type Pod,
  type PodReport,
  type PodRequest,
  parseCreateStruct,
  parseV1PodStatuses,
  readBody,
  smallBody,
  type TargetRequest,
  toLogStruct,
} from '@interlink/protocol';
import { toSidecar, type V1Hop } from './v1-hop.ts';

/** The calls of protocol v1, with the verbs that peers in the field expect. */
export class V1Client {
  readonly #target: HttpTarget;
  readonly #hop: V1Hop;
  #calls = 0;

  constructor(target: HttpTarget, hop: V1Hop = toSidecar) {
    this.#target = target;
    this.#hop = hop;
  }

  /** @returns the answer as it is */
  async ping(): Promise<string> {
    const response = await this.#call('PingInterLink', this.#hop.ping);
    return await readBody(response.body, smallBody);
  }

  /** @returns the backend's own name for the pod */
  async create(request: PodRequest): Promise<string> {
    const body = JSON.stringify(this.#hop.toCreate(request));
    const response = await this.#call('CreatePod', {
      method: 'POST',
      path: '/create',
      body,
      headersTimeoutMs: 120_000,
    });
    const text = await readBody(response.body, smallBody);
    if (text.trim() === '') throw new InterLinkError('internal', `${this.#hop.peer} answered create with nothing`);
    const answer = this.#parseJson(text, 'create');
    // Plugins that take lists of one answer with a list of one.
    return parseCreateStruct(Array.isArray(answer) ? answer[0] : answer).PodJID;
  }

  async delete(pod: Pod): Promise<void> {
    const body = JSON.stringify(pod);
    const response = await this.#call('DeletePod', { method: this.#hop.deleteMethod, path: '/delete', body });
    await response.body.dump();
  }

  /** One request for all pods. @returns the reports of those that the peer knows */
  async status(pods: ReadonlyArray<Pod>): Promise<PodReport[]> {
    const response = await this.#call('GetStatus', { method: 'GET', path: '/status', body: JSON.stringify(pods) });
    return parseV1PodStatuses(this.#parseJson(await readBody(response.body, listBody), 'status')).map(fromV1PodStatus);
  }

  async logs(
    pod: { namespace: string; name: string; uid: string },
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const body = JSON.stringify(toLogStruct(pod, container, options));
    const response = await this.#call('GetLogs', { method: 'GET', path: '/getLogs', body, signal });
    return response.body;
  }

  /** The label tells one call from another in the logs of both ends. */
  async #call(operation: string, request: TargetRequest) {
    this.#calls += 1;
    const headers = { 'interlink-http-session': `${operation}#${this.#calls}` };
    return await this.#target.call({
      ...request,
      headers: request.body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    });
  }

  #parseJson(text: string, call: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new InterLinkError('internal', `${this.#hop.peer} answered ${call} with what is no JSON`);
    }
  }
}
