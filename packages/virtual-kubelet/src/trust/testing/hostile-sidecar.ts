import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PodRequest, StreamRecord } from '@interlink/protocol';
import { capabilities } from '../../admission/testing/pods.ts';
import { containerStatus } from '../../status/testing/statuses.ts';

export interface HostileSidecar {
  readonly url: string;
  /** DELETE requests, by UID. */
  readonly deleted: ReadonlySet<string>;
  /** Writes this to whoever watches, at the pace of the reader. */
  tell(records: Iterable<object>): Promise<void>;
  close(): Promise<void>;
}

/** Asks for everything that it is not to have. */
export const greedyCapabilities = {
  ...capabilities({ backend: { kind: 'evil\u001b[2J', version: '1' } }),
  pools: [
    {
      name: 'p',
      capacity: {
        cpu: '4',
        memory: '8Gi',
        pods: '1e999',
        'kubernetes.io/gold': '1',
        'interlink.eu/gpu': '2',
        gpu: 'many',
      },
      labels: {
        'interlink.eu/site': 'here',
        'kubernetes.io/hostname': 'stolen',
        'node-role.kubernetes.io/control-plane': '',
        type: 'worker',
      },
    },
  ],
};

/** A sidecar of protocol v2 over real HTTP that runs every pod at once, and beside that says whatever it is told to. */
export async function startHostileSidecar(): Promise<HostileSidecar> {
  const deleted = new Set<string>();
  const watchers = new Set<ServerResponse>();
  const running: object[] = [];
  const tell = async (records: Iterable<object>) => {
    for (const response of watchers) await write(response, records);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://sidecar');
    if (pathname.endsWith('/capabilities')) return void response.end(JSON.stringify(greedyCapabilities));
    if (request.method === 'GET' && searchParams.get('watch') === 'true') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      // Some wait for the reader at a time.
      response.setMaxListeners(100);
      watchers.add(response);
      request.once('close', () => watchers.delete(response));
      const [begin, end] = (['begin', 'end'] as const).map(
        (snapshot): StreamRecord => ({ type: 'bookmark', cursor: 'c-1', snapshot }),
      );
      return await write(response, [begin ?? {}, ...running, end ?? {}]);
    }
    if (request.method === 'DELETE') {
      deleted.add(pathname.split('/').at(-1) ?? '');
      return void response.writeHead(202).end();
    }
    const { pod } = JSON.parse(await textOf(request)) as PodRequest;
    const report = runningRecord(pod.metadata);
    running.push(report);
    response.writeHead(201).end();
    await tell([report]);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const heartbeat = setInterval(() => void tell([{ type: 'bookmark', cursor: 'c-2' }]), 2_000);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deleted,
    tell,
    close: async () => {
      clearInterval(heartbeat);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The container that runs, others that nobody asked for, and an address that is the machine's own. */
export function runningRecord(
  { uid, namespace, name }: { uid: string; namespace: string; name: string },
  messageLength = 100_000,
): object {
  const main = containerStatus('main', 'running', { restartCount: 2 ** 40, imageID: `\u001b]0;${'x'.repeat(10_000)}` });
  const containerStatuses = [containerStatus('invented', 1), main];
  const status = { containerStatuses, podIP: '127.0.0.1', message: `\u0007${'m'.repeat(messageLength)}` };
  return { type: 'pod', cursor: 'c-1', pod: { uid, namespace, name, status } };
}

async function write(response: ServerResponse, records: Iterable<object>): Promise<void> {
  for (const record of records) {
    if (response.destroyed) return;
    if (!response.write(`${JSON.stringify(record)}\n`)) {
      await drained(response);
    }
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).finally(() =>
    over.abort(),
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
