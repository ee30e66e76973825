import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ClusterAccess, Credentials } from '../kubeconfig/cluster-access.ts';

/** Answers one request; it has the body in `body`. */
export type Handler = (request: IncomingMessage & { body: string }, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on loopback, whose answers are a test's: for faults that a real API server cannot be made to have. */
export class ScriptedServer {
  /** What came in, as `VERB /path?query`. */
  readonly requests: string[] = [];
  /** How many connections were ever opened. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, handler: Handler) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('request', async (request: IncomingMessage & { body: string }, response: ServerResponse) => {
      this.requests.push(`${request.method} ${request.url}`);
      request.body = '';
      for await (const chunk of request) request.body += String(chunk);
      await handler(request, response);
    });
  }

  /** Listens on a free port; with `tls`, for HTTPS. */
  static async start(handler: Handler, tls?: ServerOptions): Promise<ScriptedServer> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    const scripted = new ScriptedServer(server, handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return scripted;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections are open now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** The access to this server; `credentials` may be a test's own. */
  access(more: Partial<ClusterAccess> = {}): ClusterAccess {
    const credentials: Credentials = {
      headers: { authorization: 'Bearer hunter2' },
      tls: { insecureSkipVerify: true },
    };
    return {
      server: new URL(`http://127.0.0.1:${this.port}`),
      source: 'a test',
      credentials: async () => credentials,
      refresh: () => false,
      ...more,
    };
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
