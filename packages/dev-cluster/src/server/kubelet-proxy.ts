import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { type Duplex, pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ApiRequest } from '../api/api-request.ts';
import { ApiError, notFound } from '../api-error.ts';
import { addressOf } from '../kinds/columns.ts';
import { nodes, pods } from '../kinds/kinds.ts';
import { fieldAt, listAt, textAt } from '../object.ts';
import type { Store } from '../store/store.ts';
import type { KeyPair } from './certificates.ts';

const paths = { log: 'containerLogs', exec: 'exec', attach: 'attach', portforward: 'portForward' } as const;
/** Parameters of exec and attach, under the names that kubelets know. */
const streams: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' };

/** Passes log, exec, attach and port-forward on to the pod's node, as they are, with a client certificate of `system:masters`. */
export class KubeletProxy {
  readonly #store: Store;
  readonly #client: KeyPair;

  constructor(store: Store, client: KeyPair) {
    this.#store = store;
    this.#client = client;
  }

  /** Whether a request is for a kubelet. */
  takes({ subresource }: ApiRequest): boolean {
    return subresource in paths;
  }

  /** @throws ApiError for a pod or container that is not there, and for what the kubelet refuses */
  async pass(request: ApiRequest, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#urlOf(request);
    // As kube-apiserver: the log of a pod that is on no node is empty.
    if (url === undefined) return void response.end();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { answer } = await this.#ask(url, incoming, gone.signal);
    response.writeHead(200, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).flushHeaders();
    pipeline(answer, response, () => undefined);
  }

  /** Connects an upgraded connection with the kubelet's. @throws as {@link pass} */
  async upgrade(request: ApiRequest, incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = this.#urlOf(request);
    if (url === undefined) throw new ApiError(400, `pod ${request.name} does not have a host assigned`);
    const gone = new AbortController();
    const { answer, kubelet, first } = await this.#ask(url, incoming, gone.signal);
    if (kubelet === undefined) throw new ApiError(400, 'the kubelet did not upgrade the connection');
    const lines = answer.rawHeaders.map((part, index) => (index % 2 === 0 ? `${part}: ` : `${part}\r\n`));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    socket.write(first ?? '');
    kubelet.write(head);
    pipeline(socket, kubelet, () => undefined);
    pipeline(kubelet, socket, () => undefined);
  }

  /** As an API server without --kubelet-certificate-authority: any certificate of a kubelet will do. */
  async #ask(url: URL, { method = 'GET', headers: sent }: IncomingMessage, signal: AbortSignal) {
    const { host: _host, authorization: _authorization, connection, ...headers } = sent;
    if (headers.upgrade !== undefined && connection !== undefined) headers.connection = connection;
    const options = { ...this.#client, method, headers, signal, rejectUnauthorized: false, agent: new Agent() };
    type Reply = { answer: IncomingMessage; kubelet?: Duplex; first?: Buffer };
    const reply = await new Promise<Reply>((resolve, reject) => {
      const asked = httpsRequest(url, options, (answer) => resolve({ answer }));
      asked.once('error', ({ message }) => reject(new ApiError(500, `dialing the kubelet at ${url.host}: ${message}`)));
      asked.once('upgrade', (answer, kubelet, first) => resolve({ answer, kubelet, first }));
      asked.end();
    });
    const { statusCode: code = 500 } = reply.answer;
    if (code === 200 || code === 101) return reply;
    throw new ApiError(code, (await text(reply.answer)).trim());
  }

  /** Undefined for a pod that is on no node. */
  #urlOf({ namespace = '', name = '', subresource, query }: ApiRequest): URL | undefined {
    const pod = this.#store.get(pods, namespace, name);
    if (pod === undefined) throw notFound(pods, name);
    const names = ['containers', 'initContainers'].flatMap((list) => listAt(pod.spec, list).map((each) => each.name));
    const container = query.get('container') ?? String(names[0]);
    if (!names.includes(container)) throw new ApiError(400, `container ${container} is not valid for pod ${name}`);
    const nodeName = textAt(pod, 'spec.nodeName');
    if (nodeName === '') return undefined;
    const node = this.#store.get(nodes, undefined, nodeName);
    if (node === undefined) throw notFound(nodes, nodeName);
    const port = fieldAt(node, 'status.daemonEndpoints.kubeletEndpoint.Port') ?? 10_250;
    const path = `${paths[subresource as keyof typeof paths]}/${namespace}/${name}${subresource === 'portforward' ? '' : `/${container}`}`;
    const url = new URL(`https://${addressOf(node, 'InternalIP')}:${port}/${path}`);
    for (const [key, value] of query) {
      const stream = streams[key];
      if (stream === undefined && key !== 'container') url.searchParams.append(key, value);
      else if (value === 'true' && stream !== undefined) url.searchParams.append(stream, '1');
    }
    return url;
  }
}
