import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { type Duplex, pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ApiRequest } from '../api/api-request.ts';
import { ApiError, notFound } from '../api-error.ts';
import { addressOf } from '../kinds/columns.ts';
import { nodes, pods } from '../kinds/kinds.ts';
import { fieldAt, type KubeObject, listAt, textAt } from '../object.ts';
import type { Store } from '../store/store.ts';
import type { KeyPair } from './certificates.ts';

const paths = { log: 'containerLogs', exec: 'exec', attach: 'attach', portforward: 'portForward' } as const;
/** Parameters of exec and attach, under the names that kubelets know. */
const streams: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' };

/** What a kubelet answers; after an upgrade, with the connection and the first bytes on it. */
interface Reply {
  readonly answer: IncomingMessage;
  readonly upgraded?: { readonly socket: Duplex; readonly head: Buffer };
}

/** Passes log, exec, attach and port-forward on to the pod's node, as they are, with a client certificate of `system:masters`. */
export class KubeletProxy {
  readonly #store: Store;
  readonly #agent: Agent;

  constructor(store: Store, client: KeyPair) {
    this.#store = store;
    // As an API server without --kubelet-certificate-authority: any certificate of a kubelet will do.
    this.#agent = new Agent({ ...client, rejectUnauthorized: false, keepAlive: true });
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
    const { answer, upgraded } = await this.#ask(url, incoming);
    if (upgraded === undefined) throw new ApiError(400, 'the kubelet did not upgrade the connection');
    const lines = answer.rawHeaders.map((part, index) => (index % 2 === 0 ? `${part}: ` : `${part}\r\n`));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    socket.write(upgraded.head);
    upgraded.socket.write(head);
    pipeline(socket, upgraded.socket, () => undefined);
    pipeline(upgraded.socket, socket, () => undefined);
  }

  async #ask(url: URL, incoming: IncomingMessage, signal?: AbortSignal): Promise<Reply> {
    const { host: _host, authorization: _authorization, ...headers } = incoming.headers;
    const isUpgrade = headers.upgrade !== undefined;
    if (!isUpgrade) delete headers.connection;
    const agent = isUpgrade ? new Agent(this.#agent.options) : this.#agent;
    const reply = await new Promise<Reply>((resolve, reject) => {
      const asked = httpsRequest(url, { method: incoming.method ?? 'GET', headers, agent, ...(signal && { signal }) });
      asked.once('error', ({ message }) => reject(new ApiError(500, `dialing the kubelet at ${url.host}: ${message}`)));
      asked.once('response', (answer) => resolve({ answer }));
      asked.once('upgrade', (answer, socket, head) => resolve({ answer, upgraded: { socket, head } }));
      asked.end();
    });
    const { statusCode: code = 500 } = reply.answer;
    if (code === 200 || code === 101) return reply;
    const why = (await text(reply.answer)).trim();
    throw new ApiError(code, why);
  }

  /** Undefined for a pod that is on no node. */
  #urlOf({ namespace = '', name = '', subresource, query }: ApiRequest): URL | undefined {
    const pod = this.#store.get(pods, namespace, name);
    if (pod === undefined) throw notFound(pods, name);
    const container = subresource === 'portforward' ? '' : `/${containerOf(pod, query.get('container') ?? '')}`;
    const nodeName = textAt(pod, 'spec.nodeName');
    if (nodeName === '') return undefined;
    const node = this.#store.get(nodes, undefined, nodeName);
    if (node === undefined) throw notFound(nodes, nodeName);
    const port = fieldAt(node, 'status.daemonEndpoints.kubeletEndpoint.Port') ?? 10_250;
    const path = `${paths[subresource as keyof typeof paths]}/${namespace}/${name}${container}`;
    const url = new URL(`https://${addressOf(node, 'InternalIP')}:${port}/${path}`);
    for (const [key, value] of query) {
      const stream = subresource === 'log' || subresource === 'portforward' ? undefined : streams[key];
      if (stream === undefined && key !== 'container') url.searchParams.append(key, value);
      else if (value === 'true' && stream !== undefined) url.searchParams.append(stream, '1');
    }
    return url;
  }
}

function containerOf(pod: KubeObject, wanted: string): string {
  const namesOf = (field: string) => listAt(pod, `spec.${field}`).map(({ name }) => String(name));
  const [only, ...others] = namesOf('containers');
  if (wanted === '' && only !== undefined && others.length === 0) return only;
  const choice = `choose one of: [${[only, ...others].join(' ')}]`;
  if (wanted === '')
    throw new ApiError(400, `a container name must be specified for pod ${pod.metadata.name}, ${choice}`);
  if (['containers', 'initContainers', 'ephemeralContainers'].flatMap(namesOf).includes(wanted)) return wanted;
  throw new ApiError(400, `container ${wanted} is not valid for pod ${pod.metadata.name}`);
}
