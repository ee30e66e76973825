import {
  fromV1PodStatus,
  type HttpTarget,
  InterLinkError,
  type LogOptions,
  listBody,
  type Pod,
  type PodReport,
  parseCreateStruct,
  parseProblem,
  parseV1PodStatuses,
  type RetrievedPodData,
  readBody,
  smallBody,
  toLogStruct,
} from '@interlink/protocol';
import type { V1Settings } from './routing/sidecar-route.ts';

const json = { 'content-type': 'application/json' };
const createTimeoutMs = 120_000;

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

/** The calls of protocol v1, InterLink to sidecar, with the verbs that plugins in the field expect. */
export class V1Client {
  readonly #target: HttpTarget;
  readonly #payload: V1Settings['createPayload'];

  constructor(target: HttpTarget, { createPayload }: Pick<V1Settings, 'createPayload'>) {
    this.#target = target;
    this.#payload = createPayload;
  }

  /** An empty list of pods is v1's ping. @returns the answer as it is */
  async ping(): Promise<string> {
    const response = await this.#target.call({ method: 'GET', path: '/status', headers: json, body: '[]' });
    return await readBody(response.body, smallBody);
  }

  /** Sends it once, and never throws: what is to be done next depends on what came of it. */
  async create(data: RetrievedPodData): Promise<CreateOutcome> {
    try {
      const response = await this.#target.send({
        method: 'POST',
        path: '/create',
        headers: json,
        body: JSON.stringify(this.#payload === 'list' ? [data] : data),
        headersTimeoutMs: createTimeoutMs,
      });
      const text = await readBody(response.body, smallBody);
      const { statusCode } = response;
      if (statusCode >= 200 && statusCode < 300) return { kind: 'taken', jobID: parseAnswer(text) };
      // These are words of a proxy, or of a plugin that gave up waiting: what is behind may be at it still.
      const kind = [408, 499, 502, 504].includes(statusCode) ? 'unclear' : 'refused';
      return { kind, error: parseProblem(statusCode, text) };
    } catch (thrown) {
      const error = InterLinkError.from(thrown);
      return { kind: isUnsent(error) ? 'unsent' : 'unclear', error };
    }
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

/** @returns the backend's own name for the pod */
function parseAnswer(text: string): string {
  if (text.trim() === '') throw new InterLinkError('internal', 'The sidecar answered create with nothing');
  const answer = parseJson(text, 'create');
  // Plugins that take lists of one answer with a list of one.
  return parseCreateStruct(Array.isArray(answer) ? answer[0] : answer).PodJID;
}

/** Names of Node and undici for "there was no connection": https://nodejs.org/api/errors.html#common-system-errors */
const neverConnected =
  /^(ECONNREFUSED|ENOENT|EACCES|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Whether the way to the plugin was not there, so that no byte of the request has reached it. */
function isUnsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isRefused = 'code' in error && typeof error.code === 'string' && neverConnected.test(error.code);
  return isRefused || isUnsent(error.cause);
}

function parseJson(text: string, call: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InterLinkError('internal', `The sidecar's answer to ${call} is no JSON`);
  }
}
