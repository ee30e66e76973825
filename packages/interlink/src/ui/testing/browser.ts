import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What a browser does with these pages, without a browser: it keeps one cookie and says that it takes HTML. */
export class Browser {
  readonly #url: string;
  cookie: string | undefined;

  /** @param url InterLink's, on TCP */
  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return await this.#send('GET', path, headers);
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return await this.#send('POST', path, { ...type, ...headers }, new URLSearchParams(fields).toString());
  }

  async signIn(token: string): Promise<Answer> {
    return await this.post('/ui/sign-in', { token });
  }

  /** The named events of the stream of changes, as their data. Ends with the caller's loop. */
  async *events(path: string): AsyncGenerator<{ event: string; data: unknown }> {
    const response = await this.#open('GET', path, { accept: 'text/event-stream' });
    let rest = '';
    for await (const chunk of response) {
      const messages = (rest + String(chunk)).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const [, event] = /^event: (.*)$/m.exec(message) ?? [];
        const [, data] = /^data: (.*)$/m.exec(message) ?? [];
        if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) };
      }
    }
  }

  async #send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const response = await this.#open(method, path, headers, body);
    const [cookie] = response.headers['set-cookie'] ?? [];
    if (cookie !== undefined) this.cookie = /^[^;]*/.exec(cookie)?.[0];
    return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  }

  #open(method: string, path: string, headers: Record<string, string>, body?: string) {
    const cookie = this.cookie === undefined ? {} : { cookie: this.cookie };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options = { method, agent: false, headers: { accept: 'text/html', ...cookie, ...headers } };
    httpRequest(`${this.#url}${path}`, options, resolve).once('error', reject).end(body);
    return promise;
  }
}
