import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ApiRequest } from '../api/api-request.ts';
import { ApiError, badRequest, notFound } from '../api-error.ts';
import { addressOf } from '../kinds/columns.ts';
import { nodes, pods } from '../kinds/kinds.ts';
import { fieldAt, type KubeObject, listAt, textAt } from '../object.ts';
import type { Store } from '../store/store.ts';
import type { KeyPair } from './certificates.ts';

/** Parameters of `kubectl exec` and `attach` under the names that kubelets know. */
const streamNames: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' };
const paths: Readonly<Record<string, string>> = {
  log: '/containerLogs',
  exec: '/exec',
  attach: '/attach',
  portforward: '/portForward',
};

/** Where a request goes on to. Undefined for the log of a pod that is on no node: it is empty. */
interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
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

  /** @throws ApiError for a pod or container that is not there, or a node without a kubelet port */
  async pass(request: ApiRequest, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = this.#targetOf(request);
    if (target === undefined) return void response.writeHead(200, { 'content-type': 'text/plain' }).end();
    await new Promise<void>((resolve, reject) => {
      const outgoing = this.#open(target, incoming);
      outgoing.once('error', (error) => reject(unreachable(target, error)));
      outgoing.once('response', (answer) => {
        if (answer.statusCode !== 200) return resolve(refuse(answer, reject));
        response.writeHead(200, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
        resolve();
      });
      response.once('close', () => outgoing.destroy());
      outgoing.end();
    });
  }

  /** Connects an upgraded connection with the kubelet's. @throws as {@link pass} */
  async upgrade(request: ApiRequest, incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const target = this.#targetOf(request);
    if (target === undefined) throw badRequest(`pod ${request.name} does not have a host assigned`);
    await new Promise<void>((resolve, reject) => {
      const { connection, upgrade } = incoming.headers;
      const outgoing = this.#open(target, incoming, { connection: connection ?? '', upgrade: upgrade ?? '' });
      outgoing.once('error', (error) => reject(unreachable(target, error)));
      outgoing.once('response', (answer) => resolve(refuse(answer, reject)));
      outgoing.once('upgrade', (answer, kubelet, first) => {
        const headers = answer.rawHeaders.flatMap((name, index, all) =>
          index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
        );
        socket.write(['HTTP/1.1 101 Switching Protocols', ...headers, '', ''].join('\r\n'));
        socket.write(first);
        kubelet.write(head);
        socket.pipe(kubelet).pipe(socket);
        for (const [from, to] of [
          [socket, kubelet],
          [kubelet, socket],
        ] as const) {
          from.once('error', () => to.destroy());
          from.once('close', () => to.end());
        }
        resolve();
      });
      outgoing.end();
    });
  }

  #open({ host, port, path }: Target, { method, headers }: IncomingMessage, upgrade?: OutgoingHttpHeaders) {
    const {
      host: _host,
      authorization: _authorization,
      connection: _connection,
      upgrade: _upgrade,
      ...passed
    } = headers;
    const options = {
      host,
      port,
      path,
      method,
      headers: { ...passed, ...upgrade },
      agent: upgrade ? undefined : this.#agent,
    };
    return httpsRequest({ ...this.#agent.options, ...options });
  }

  #targetOf({ namespace = '', name = '', subresource, query }: ApiRequest): Target | undefined {
    const pod = this.#store.get(pods, namespace, name);
    if (pod === undefined) throw notFound(pods, name);
    const container = subresource === 'portforward' ? '' : `/${containerOf(pod, query)}`;
    const nodeName = textAt(pod, 'spec.nodeName');
    if (nodeName === '') return undefined;
    const node = this.#store.get(nodes, undefined, nodeName);
    if (node === undefined) throw notFound(nodes, nodeName);
    const isStream = subresource === 'exec' || subresource === 'attach';
    const parameters = [...query].flatMap(([key, value]): [string, string][] => {
      if (key === 'container') return [];
      if (!isStream || key === 'command') return [[key, value]];
      return value === 'true' && streamNames[key] !== undefined ? [[streamNames[key], '1']] : [];
    });
    return {
      host: addressOf(node, 'InternalIP'),
      port: Number(fieldAt(node, 'status.daemonEndpoints.kubeletEndpoint.Port') ?? 10_250),
      path: `${paths[subresource]}/${namespace}/${name}${container}?${new URLSearchParams(parameters)}`,
    };
  }
}

function containerOf(pod: KubeObject, query: URLSearchParams): string {
  const wanted = query.get('container') ?? '';
  const names = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    listAt(pod, `spec.${field}`).map(({ name }) => String(name)),
  );
  const main = listAt(pod, 'spec.containers').map(({ name }) => String(name));
  if (wanted === '' && main.length === 1) return main[0] ?? '';
  if (wanted === '') {
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(' ')}]`,
    );
  }
  if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  return wanted;
}

async function refuse(answer: IncomingMessage, reject: (error: ApiError) => void): Promise<void> {
  const text = (await answer.toArray()).join('').trim();
  const code = answer.statusCode ?? 500;
  reject(
    code === 404
      ? new ApiError(404, 'NotFound', 'the server could not find the requested resource')
      : new ApiError(code, code === 400 ? 'BadRequest' : 'InternalError', text),
  );
}

function unreachable({ host, port }: Target, error: Error): ApiError {
  return new ApiError(500, 'InternalError', `the kubelet at ${host}:${port} can't be reached: ${error.message}`);
}
