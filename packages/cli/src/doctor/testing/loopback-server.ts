import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** Status and JSON of an answer; a text is sent as it is. */
export interface Answer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoopbackServer {
  readonly port: number;
  /** What was asked, as `GET /path`. */
  readonly asked: string[];
}

export type Script = (path: string, body: string, request: IncomingMessage) => Answer;

/** Answers on a free port of 127.0.0.1, or on a unix socket, until the test ends. */
export async function serveOnLoopback(
  script: Script,
  { tls, socketPath }: { tls?: ServerOptions; socketPath?: string } = {},
): Promise<LoopbackServer> {
  const asked: string[] = [];
  const answer: RequestListener = async (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    const { status = 200, body, headers } = script(request.url ?? '', await text(request), request);
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  if (socketPath === undefined) server.listen(0, '127.0.0.1');
  else server.listen(socketPath);
  await once(server, 'listening');
  return { port: socketPath === undefined ? (server.address() as AddressInfo).port : 0, asked };
}

/** A kubeconfig for such a server. */
export function kubeconfigFor(port: number, user: object = { token: 'the-kubernetes-token' }): object {
  const name = 'test';
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
    clusters: [{ name, cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}

/** A port at which nobody listens: taken, and given back. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
