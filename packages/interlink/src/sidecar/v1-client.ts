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
  parseProblem,
  parseV1PodStatuses,
  problemContentType,
  readBody,
  smallBody,
  type TargetRequest,
  toLogStruct,
} from '@interlink/protocol';
import type { JobScript } from './job-scripts.ts';
import type { V1Settings } from './routing/sidecar-route.ts';
import { isUnsent } from './v1-failures.ts';
import { toSidecar, type V1Hop } from './v1-hop.ts';
import { withoutValues } from './without-values.ts';

const defaultCreateTimeoutMs = 120_000;

interface V1ClientOptions {
  readonly hop?: V1Hop;
  readonly createPayload?: V1Settings['createPayload'];
  /** Until the answer to a create begins. */
  readonly createTimeoutMs?: number;
}

/** What came of a create. */
export type CreateOutcome =
  /** The plugin has it, under this name of its own. */
  | { readonly kind: 'taken'; readonly jobID: string }
  /** The plugin was not reached: nothing has happened. */
  | { readonly kind: 'unsent'; readonly error: InterLinkError }
  /** The plugin says that it failed; `/status` has to show that nothing is left of it. */
  | { readonly kind: 'refused'; readonly error: InterLinkError }
  /** No answer, or none that can be understood: it may have happened, or happen yet. */
  | { readonly kind: 'unclear'; readonly error: InterLinkError };

/** The calls of protocol v1, with the verbs that peers in the field expect. */
export class V1Client {
  readonly #target: HttpTarget;
  readonly #hop: V1Hop;
  readonly #payload: V1Settings['createPayload'];
  readonly #createTimeoutMs: number;
  #calls = 0;

  constructor(
    target: HttpTarget,
    { hop = toSidecar, createPayload = 'object', createTimeoutMs = defaultCreateTimeoutMs }: V1ClientOptions = {},
  ) {
    this.#target = target;
    this.#hop = hop;
    this.#payload = createPayload;
    this.#createTimeoutMs = createTimeoutMs;
  }

  /** @returns the answer as it is */
  async ping(): Promise<string> {
    const response = await this.#call('PingInterLink', this.#hop.ping);
    return await readBody(response.body, smallBody);
  }

  /** Sends it once, and never throws: what is to be done next depends on what came of it. */
  async create(request: PodRequest, script: JobScript = {}): Promise<CreateOutcome> {
    const data = { ...this.#hop.toCreate(request), ...script };
    try {
      const response = await this.#send('CreatePod', {
        method: 'POST',
        path: '/create',
        body: JSON.stringify(this.#payload === 'list' ? [data] : data),
        headersTimeoutMs: this.#createTimeoutMs,
      });
      const text = await readBody(response.body, smallBody);
      const { statusCode, headers } = response;
      if (statusCode >= 200 && statusCode < 300) return { kind: 'taken', jobID: this.#parseAnswer(text) };
      return {
        kind: isOfBetween(statusCode, headers['content-type']) ? 'unclear' : 'refused',
        error: parseProblem(statusCode, text),
      };
    } catch (thrown) {
      const error = InterLinkError.from(thrown);
      return { kind: isUnsent(error) ? 'unsent' : 'unclear', error };
    }
  }

  async delete(pod: Pod): Promise<void> {
    const body = JSON.stringify(pod);
    const response = await this.#call('DeletePod', { method: this.#hop.deleteMethod, path: '/delete', body });
    await readBody(response.body, smallBody);
  }

  /** One request for all pods. @returns the reports of those that the peer knows */
  async status(pods: ReadonlyArray<Pod>): Promise<PodReport[]> {
    const body = JSON.stringify(pods.map(withoutValues));
    const response = await this.#call('GetStatus', { method: 'GET', path: '/status', body });
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

  async #call(operation: string, request: TargetRequest) {
    return await this.#target.call(this.#labelled(operation, request));
  }

  async #send(operation: string, request: TargetRequest) {
    return await this.#target.send(this.#labelled(operation, request));
  }

  /** The label tells one call from another in the logs of both ends. */
  #labelled(operation: string, request: TargetRequest): TargetRequest {
    this.#calls += 1;
    const headers = { 'interlink-http-session': `${operation}#${this.#calls}` };
    return {
      ...request,
      headers: request.body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    };
  }

  /** @returns the backend's own name for the pod */
  #parseAnswer(text: string): string {
    if (text.trim() === '') throw new InterLinkError('internal', `${this.#hop.peer} answered create with nothing`);
    const answer = this.#parseJson(text, 'create');
    // Plugins that take lists of one answer with a list of one.
    return parseCreateStruct(Array.isArray(answer) ? answer[0] : answer).PodJID;
  }

  #parseJson(text: string, call: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new InterLinkError('internal', `${this.#hop.peer} answered ${call} with what is no JSON`);
    }
  }
}

/**
 * Whether these are words of a proxy, or of a peer that gave up waiting: what is behind may be at it still. With 503 a proxy may say that the
 * connection was lost when the request had gone out (Envoy's "disconnect/reset before headers"). A problem is the word of one of ours, which
 * sends nothing twice itself.
 */
function isOfBetween(statusCode: number, contentType: string | string[] | undefined): boolean {
  if (statusCode === 503) return !String(contentType).startsWith(problemContentType);
  return [408, 499, 502, 504].includes(statusCode);
}
