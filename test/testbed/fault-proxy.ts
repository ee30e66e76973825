import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlaneData } from './testbed-data.ts';

/** A request that came by. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Milliseconds of `performance.now`. */
  readonly at: number;
}

/** What the proxy does to a request instead of just passing it on. */
export interface Interference {
  /** Before it is passed on. */
  readonly delayMs?: number;
  /** Answered like this, and not passed on. */
  readonly answer?: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: object };
  /** Changes each line of a watch. */
  readonly onLine?: (line: string) => ReadonlyArray<string>;
}

/**
 * Stands between one client and the Kubernetes API, in plain HTTP on loopback, and does to it what networks and API servers do.
 * Towards the API server it is an administrator.
 */
export class FaultProxy {
  readonly seen: SeenRequest[] = [];
  /** Asked for each request. */
  fault: (request: SeenRequest) => Interference | undefined = () => undefined;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #upstream: URL;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<ServerResponse>();
  #port = 0;
  /** Nothing passes until it is resolved. */
  #gate: PromiseWithResolvers<void> | undefined;

  private constructor(upstream: URL, agent: Agent) {
    this.#upstream = upstream;
    this.#agent = agent;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start({ server, certificates: { ca, admin } }: ControlPlaneData): Promise<FaultProxy> {
    const [caText, cert, key] = await Promise.all(
      [ca.certFile, admin.certFile, admin.keyFile].map((file) => readFile(file, 'utf8')),
    );
    const agent = new Agent({ keepAlive: true, ca: caText, cert, key });
    const proxy = new FaultProxy(new URL(server), agent);
    await proxy.up();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** `refuse`: connections break and new ones are refused. `hang`: connections are taken, and nothing comes or goes. */
  async down(how: 'refuse' | 'hang'): Promise<void> {
    this.#gate = Promise.withResolvers();
    if (how === 'hang') return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async up(): Promise<void> {
    this.#gate?.resolve();
    this.#gate = undefined;
    if (this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Writes a line into each open watch. */
  inject(event: object): void {
    for (const watch of this.#watches) watch.write(`${JSON.stringify(event)}\n`);
  }

  /** Breaks each open watch. */
  cutWatches(): void {
    for (const watch of this.#watches) watch.destroy();
  }

  async close(): Promise<void> {
    this.#gate?.resolve();
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://proxy');
    const seen = { method: request.method ?? '', path, query, at: performance.now() };
    this.seen.push(seen);
    const { delayMs = 0, answer, onLine = (line: string) => [line] } = this.fault(seen) ?? {};
    await sleep(delayMs);
    await this.#gate?.promise;
    if (answer !== undefined) {
      request.resume();
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body ?? {}));
      return;
    }
    const { protocol, hostname, port } = this.#upstream;
    const { host: _host, ...headers } = request.headers;
    const options = {
      protocol,
      hostname,
      port,
      path: request.url,
      method: request.method,
      headers,
      agent: this.#agent,
    };
    const upstream = httpsRequest(options, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      void this.#relay(reply, response, query.get('watch') === 'true' || query.get('watch') === '1', onLine);
    });
    upstream.once('error', () => response.destroy());
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  async #relay(
    reply: IncomingMessage,
    response: ServerResponse,
    isWatch: boolean,
    onLine: (line: string) => ReadonlyArray<string>,
  ): Promise<void> {
    response.flushHeaders();
    if (isWatch) this.#watches.add(response);
    let rest = '';
    try {
      for await (const chunk of reply) {
        await this.#gate?.promise;
        if (!isWatch) response.write(chunk);
        else {
          const lines = (rest + String(chunk)).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines.flatMap(onLine)) response.write(`${line}\n`);
        }
      }
      response.end();
    } catch {
      response.destroy();
    } finally {
      this.#watches.delete(response);
    }
  }
}
