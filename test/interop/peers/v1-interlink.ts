import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pod, PodCreateRequests, V1PodStatus } from '@interlink/protocol';

export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface V1InterLink extends AsyncDisposable {
  readonly url: string;
  readonly heard: HeardRequest[];
  /** Those that were created and not deleted. */
  readonly pods: Map<string, Pod>;
  /** What `/status` says of a pod; undefined: it runs. */
  readonly statuses: Map<string, V1PodStatus>;
  /** What `/pinglink` answers. */
  ping: { status: number; body: string };
}

const contentType = { 'content-type': 'text/plain; charset=utf-8' };

/** An InterLink server of another release, written from the recordings: it knows v1's paths, and answers all others as Go does. */
export async function startV1InterLink(): Promise<V1InterLink> {
  const heard: HeardRequest[] = [];
  const pods = new Map<string, Pod>();
  const statuses = new Map<string, V1PodStatus>();
  const peer = { ping: { status: 200, body: '[]' } };

  const answer = (path: string, body: unknown): { status?: number; body: string } => {
    switch (path) {
      case '/pinglink':
        return peer.ping;
      case '/create': {
        const { pod } = body as PodCreateRequests;
        pods.set(pod.metadata.uid, pod);
        return { body: JSON.stringify({ PodUID: pod.metadata.uid, PodJID: String(pods.size) }) };
      }
      case '/delete':
        pods.delete((body as Pod).metadata.uid);
        return { body: '{}' };
      case '/status': {
        const known = (body as Pod[]).flatMap(({ metadata }) => pods.get(metadata.uid) ?? []);
        return { body: JSON.stringify(known.map((pod) => statuses.get(pod.metadata.uid) ?? running(pod))) };
      }
      case '/getLogs':
        return { body: 'log\n' };
      default:
        return { status: 404, body: '404 page not found\n' };
    }
  };

  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const text = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    heard.push({ method, path, headers, body });
    const { status = 200, body: said } = answer(path, body);
    response.writeHead(status, contentType).end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(peer, {
    url: `http://127.0.0.1:${port}`,
    heard,
    pods,
    statuses,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** As Go writes it. */
function running({ metadata, spec }: Pod): V1PodStatus {
  const { name, uid, namespace } = metadata;
  const state = { running: { startedAt: '2026-11-23T00:53:17Z' } };
  const rest = { state, lastState: {}, ready: true, restartCount: 0, imageID: '' };
  const containers = spec.containers.map((container) => ({
    name: container.name,
    image: container.image ?? '',
    ...rest,
  }));
  return { name, UID: uid, namespace, JID: '1', containers, initContainers: [] };
}
