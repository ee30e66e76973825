import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { type ApiRequest, noSuchPath, parsePath } from '../api/api-request.ts';
import { discover, discoveryType } from '../api/discovery.ts';
import { ObjectsApi } from '../api/objects-api.ts';
import { emptyOpenApiV2, openApi, version } from '../api/openapi.ts';
import { decodeProtobuf } from '../api/protobuf.ts';
import { watchObjects } from '../api/watch.ts';
import { ApiError } from '../api-error.ts';
import type { Json } from '../object.ts';
import type { Store } from '../store/store.ts';
import type { Certificates } from './certificates.ts';
import { KubeletProxy } from './kubelet-proxy.ts';
import { TokenIssuer } from './tokens.ts';

/** The API over HTTPS on 127.0.0.1. Who shows a certificate of the cluster's CA, or a token of its own, may do everything. */
export class ApiServer {
  readonly #server: Server;
  readonly #store: Store;
  readonly #objects: ObjectsApi;
  readonly #tokens = new TokenIssuer();
  readonly #kubelets: KubeletProxy;
  readonly #sockets = new Set<Socket>();

  constructor(store: Store, { server, ca, kubeletClient }: Certificates) {
    this.#store = store;
    this.#objects = new ObjectsApi(store, this.#tokens);
    this.#kubelets = new KubeletProxy(store, kubeletClient);
    this.#server = createServer({ ...server, ca, requestCert: true, rejectUnauthorized: false, requestTimeout: 0 });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('request', (incoming, response) => {
      this.#serve(incoming, response).catch((error: unknown) => {
        const { code, body } = toStatus(error);
        if (response.headersSent) response.destroy();
        else send(response, code, body);
      });
    });
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.#upgrade(incoming, socket, head).catch((error: unknown) => {
        const { code, body } = toStatus(error);
        socket.end(
          `HTTP/1.1 ${code} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${JSON.stringify(body)}`,
        );
      });
    });
  }

  /** Listens on any free port. @returns the URL */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '').split('?', 1)[0] ?? '';
    if (['/healthz', '/livez', '/readyz'].includes(path)) return void response.end('ok');
    if (path === '/version') return send(response, 200, version);
    this.#authenticate(incoming);
    const described = discover(path) ?? openApi(path);
    const headers = path.startsWith('/openapi') ? {} : { 'content-type': discoveryType };
    if (described !== undefined) return send(response, 200, described, headers);
    if (path === '/openapi/v2') return void response.writeHead(200, emptyOpenApiV2.headers).end(emptyOpenApiV2.body);
    // A kind that there is not is refused as such, in whatever form it comes.
    parsePath(path);
    const request = toRequest(incoming, path, parseBody(await buffer(incoming), incoming.headers['content-type']));
    if (this.#kubelets.takes(request)) return await this.#kubelets.pass(request, incoming, response);
    if (request.method === 'GET' && request.query.get('watch') === 'true') return this.#watch(request, response);
    send(response, request.method === 'POST' ? 201 : 200, this.#objects.answer(request));
  }

  #watch(request: ApiRequest, response: ServerResponse): void {
    response.setHeader('content-type', 'application/json;stream=watch');
    const write = (event: Json) => void response.write(`${JSON.stringify(event)}\n`);
    const stop = watchObjects(this.#store, request, { write, end: () => response.end() });
    response.flushHeaders();
    response.once('close', stop);
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#authenticate(incoming);
    const request = toRequest(incoming, (incoming.url ?? '').split('?', 1)[0] ?? '', undefined);
    if (!this.#kubelets.takes(request)) throw noSuchPath();
    await this.#kubelets.upgrade(request, incoming, socket, head);
  }

  #authenticate({ socket, headers }: IncomingMessage): void {
    const token = headers.authorization?.replace(/^Bearer /, '');
    if ((socket as TLSSocket).authorized || (token !== undefined && this.#tokens.isValid(token))) return;
    throw new ApiError(401, 'Unauthorized');
  }
}

function toRequest({ method = '', headers, url = '' }: IncomingMessage, path: string, body: unknown): ApiRequest {
  const { accept = '', 'content-type': contentType = '' } = headers;
  return {
    ...parsePath(path),
    method,
    query: new URL(url, 'https://localhost').searchParams,
    accept,
    contentType,
    body,
  };
}

function parseBody(body: Buffer, contentType = 'application/json'): unknown {
  if (body.length === 0) return undefined;
  if (contentType.startsWith('application/vnd.kubernetes.protobuf')) return decodeProtobuf(body);
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    // Of a type that is refused later, with the reason.
    if (!contentType.includes('json')) return undefined;
    throw new ApiError(400, `the body of the request is no JSON: ${String(error)}`);
  }
}

function toStatus(error: unknown): { code: number; body: Json } {
  const refused = error instanceof ApiError ? error : new ApiError(500, String(error));
  return { code: refused.code, body: refused.toStatus() };
}

function send(response: ServerResponse, code: number, body: Json, headers?: OutgoingHttpHeaders): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
