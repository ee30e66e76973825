import { HttpTarget, InterLinkError, type TargetRequest } from '@interlink/protocol';
import { ConformanceFailure } from '../failure.ts';
import type { Answer } from './answer.ts';

export type Token = () => Promise<string | undefined>;

export interface Call {
  readonly method: TargetRequest['method'];
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, and called JSON. */
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A streamed answer, open. */
export interface OpenAnswer extends Omit<Answer, 'text'> {
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends requests and hands over what comes back as it is. */
export class Caller {
  readonly #target: HttpTarget;
  readonly #patienceMs: number;

  /** @param token what the caller shows; undefined: nothing */
  constructor(url: string, token: Token | undefined, patienceMs: number) {
    this.#target = new HttpTarget({ url, token });
    this.#patienceMs = patienceMs;
  }

  /** @throws ConformanceFailure when there is no whole answer in time */
  async ask(call: Call, signal: AbortSignal): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#patienceMs);
    const { body, ...answer } = await this.open(call, AbortSignal.any([signal, timeout]));
    try {
      return { ...answer, text: Buffer.concat(await Array.fromAsync(body)).toString('utf8') };
    } catch (error) {
      signal.throwIfAborted();
      const seen = `${answer.status}, and then no end of the body: ${messageOf(error)}`;
      throw new ConformanceFailure({ wanted: `${answer.request} answered in full`, seen });
    }
  }

  /** Resolves with the headers. @throws ConformanceFailure when there are none in time */
  async open(call: Call, signal: AbortSignal): Promise<OpenAnswer> {
    const { method, path } = call;
    const body = call.body ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
    const request = `${method} ${path}`;
    try {
      const response = await this.#target.send({
        ...{ method, path, signal, headersTimeoutMs: this.#patienceMs },
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...call.headers },
        ...(body === undefined ? {} : { body }),
      });
      const [contentType = ''] = String(response.headers['content-type'] ?? '').split(';');
      return {
        request,
        status: response.statusCode,
        contentType: contentType.trim().toLowerCase(),
        body: response.body,
      };
    } catch (error) {
      throw new ConformanceFailure({ wanted: `an answer to ${request}`, seen: messageOf(error) });
    }
  }

  async close(): Promise<void> {
    await this.#target.close();
  }
}

function messageOf(error: unknown): string {
  return InterLinkError.from(error).message;
}
