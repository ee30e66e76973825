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
  toLogStruct,
  toRetrievedPodData,
} from '@interlink/protocol';

const json = { 'content-type': 'application/json' };

/** The calls of protocol v1, InterLink to sidecar, with the verbs that plugins in the field expect. */
export class V1Client {
  readonly #target: HttpTarget;

  constructor(target: HttpTarget) {
    this.#target = target;
  }

  /** An empty list of pods is v1's ping. @returns the answer as it is */
  async ping(): Promise<string> {
    const response = await this.#target.call({ method: 'GET', path: '/status', headers: json, body: '[]' });
    return await readBody(response.body, smallBody);
  }

  /** @returns the backend's own name for the pod */
  async create(request: PodRequest): Promise<string> {
    const body = JSON.stringify(toRetrievedPodData(request));
    const response = await this.#target.call({
      method: 'POST',
      path: '/create',
      headers: json,
      body,
      headersTimeoutMs: 120_000,
    });
    const text = await readBody(response.body, smallBody);
    if (text.trim() === '') throw new InterLinkError('internal', 'The sidecar answered create with nothing');
    const answer = parseJson(text, 'create');
    // Plugins that take lists of one answer with a list of one.
    return parseCreateStruct(Array.isArray(answer) ? answer[0] : answer).PodJID;
  }

  async delete(pod: Pod): Promise<void> {
    const response = await this.#target.call({
      method: 'POST',
      path: '/delete',
      headers: json,
      body: JSON.stringify(pod),
    });
    await response.body.dump();
  }

  /** One request for all pods. @returns the reports of those that the sidecar knows */
  async status(pods: ReadonlyArray<Pod>): Promise<PodReport[]> {
    const response = await this.#target.call({
      method: 'GET',
      path: '/status',
      headers: json,
      body: JSON.stringify(pods),
    });
    return parseV1PodStatuses(parseJson(await readBody(response.body, listBody), 'status')).map(fromV1PodStatus);
  }

  async logs(
    pod: { namespace: string; name: string; uid: string },
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const body = JSON.stringify(toLogStruct(pod, container, options));
    const response = await this.#target.call({ method: 'GET', path: '/getLogs', headers: json, body, signal });
    return response.body;
  }
}

function parseJson(text: string, call: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InterLinkError('internal', `The sidecar's answer to ${call} is no JSON`);
  }
}
