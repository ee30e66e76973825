import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { type ApiRequest, noSuchPath, parsePath } from '../api/api-request.ts';
import { discover, wantsAggregated } from '../api/discovery.ts';
import { ObjectsApi } from '../api/objects-api.ts';
import { emptyOpenApiV2, openApi, version } from '../api/openapi.ts';
import { decodeProtobuf } from '../api/protobuf.ts';
import { watchObjects } from '../api/watch.ts';
import { ApiError, badRequest } from '../api-error.ts';
import type { Json } from '../object.ts';
import type { Store } from '../store/store.ts';
import type { Certificates } from './certificates.ts';
import { KubeletProxy } from './kubelet-proxy.ts';
import { TokenIssuer } from './tokens.ts';

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const passedOn = ['log', 'exec', 'attach', 'portforward'];

/** The API over HTTPS on 127.0.0.1. Who shows a certificate of the cluster's CA, or a token of its own, may do everything. */
export class ApiServer {
  readonly #server: Server;
  readonly #store: Store;
  readonly #objects: ObjectsApi;
  readonly #tokens = new TokenIssuer();
  readonly #kubelets: KubeletProxy;
  readonly #sockets = new Set<Socket>();

  constructor(store: Store, certificates: Certificates) {
    const { server, ca, kubeletClient } = certificates;
    this.#store = store;
    this.#objects = new ObjectsApi(store, this.#tokens);
    this.#kubelets = new KubeletProxy(store, kubeletClient);
    this.#server = createServer({ ...server, ca, requestCert: true, rejectUnauthorized: false, requestTimeout: 0 });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('request', (incoming, response) => {
      this.#serve(incoming, response).catch((error: unknown) => sendError(response, error));
    });
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.#upgrade(incoming, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
    });
  }

  /** @returns the URL */
  async listen(port: number): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'https://localhost');
    const accept = incoming.headers.accept ?? '';
    if (['/healthz', '/livez', '/readyz'].includes(pathname)) return void response.end('ok');
    if (pathname === '/version') return sendJson(response, 200, version);
    this.#authenticate(incoming);
    const isAggregated = wantsAggregated(accept);
    const described = discover(pathname, isAggregated) ?? openApi(pathname);
    if (described !== undefined) {
      return sendJson(
        response,
        200,
        described,
        described.apiVersion === 'apidiscovery.k8s.io/v2' ? aggregatedType : undefined,
      );
    }
    if (pathname === '/openapi/v2')
      return void response.writeHead(200, emptyOpenApiV2.headers).end(emptyOpenApiV2.body);
    const request = await readRequest(incoming, pathname, query);
    const { method, name, subresource } = request;
    if (passedOn.includes(subresource)) return await this.#kubelets.pass(request, incoming, response);
    const isWatch = method === 'GET' && subresource === '' && query.get('watch') === 'true';
    if (isWatch) return this.#watch(request, response);
    if (name === '') throw noSuchPath();
    const { code, body } = this.#objects.answer(request);
    sendJson(response, code, body);
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
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'https://localhost');
    const request = { ...parsePath(pathname), query: searchParams, method: incoming.method ?? '' };
    if (!passedOn.includes(request.subresource)) throw noSuchPath();
    await this.#kubelets.upgrade({ ...request, accept: '', contentType: '', body: undefined }, incoming, socket, head);
  }

  #authenticate({ socket, headers }: IncomingMessage): void {
    if ((socket as TLSSocket).authorized) return;
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (token !== undefined && this.#tokens.subjectOf(token) !== undefined) return;
    throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  }
}

async function readRequest(incoming: IncomingMessage, path: string, query: URLSearchParams): Promise<ApiRequest> {
  const { method = '', headers } = incoming;
  const { accept = '', 'content-type': contentType = '' } = headers;
  const body = parseBody(await buffer(incoming), contentType);
  return { ...parsePath(path), method, query, accept, contentType, body };
}

function parseBody(body: Buffer, contentType: string): unknown {
  if (body.length === 0) return undefined;
  if (contentType.startsWith('application/vnd.kubernetes.protobuf')) return decodeProtobuf(body);
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    // Of a type that is refused later, with the reason.
    if (!contentType.includes('json')) return undefined;
    throw badRequest(`the body of the request is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function toStatus(error: unknown): { code: number; body: Json } {
  const refused = error instanceof ApiError ? error : new ApiError(500, 'InternalError', String(error));
  return { code: refused.code, body: refused.toStatus() };
}

function sendError(response: ServerResponse, error: unknown): void {
  const { code, body } = toStatus(error);
  if (response.headersSent) response.destroy();
  else sendJson(response, code, body);
}

function sendJson(response: ServerResponse, code: number, body: Json, type = 'application/json'): void {
  response.writeHead(code, { 'content-type': type }).end(JSON.stringify(body));
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { code, body } = toStatus(error);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${code} Refused`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  socket.end([...head, 'connection: close', '', text].join('\r\n'));
}
