import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, type AgentOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A client of one local HTTPS port that trusts whatever it is shown, as API servers do by default. */
export class HttpsClient {
  readonly port: number;
  readonly #agent: Agent;

  constructor(port: number, options: AgentOptions = {}) {
    this.port = port;
    this.#agent = new Agent({ rejectUnauthorized: false, keepAlive: true, ...options });
  }

  async get(path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
    const response = await this.open(path, options);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  /** Resolves with the headers; the body is still to be read. */
  open(
    path: string,
    options: { method?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request({ host: '127.0.0.1', port: this.port, path, agent: this.#agent, ...options }, resolve)
      .once('error', reject)
      .end();
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}
