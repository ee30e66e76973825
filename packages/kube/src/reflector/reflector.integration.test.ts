import type { ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { KubeClient } from '../client/kube-client.ts';
import { pods } from '../resource-type.ts';
import { ScriptedServer, sendJson } from '../testing/scripted-server.ts';
import type { Pod } from '../types.ts';
import { Reflector } from './reflector.ts';

const pod = (uid: string, resourceVersion: string): Pod => ({ metadata: { name: uid, uid, resourceVersion } });
const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

it('Reflector carries on over real sockets through cut lines, garbage, silence, refusals and a server that is gone', async () => {
  const watches: ((response: ServerResponse) => void)[] = [
    // Cut in the middle of a line.
    (response) => {
      response.write(`${line('ADDED', pod('a', '2'))}{"type":"ADDED","object":{"meta`);
      setImmediate(() => response.socket?.resetAndDestroy());
    },
    (response) => void response.end(`${line('ADDED', pod('b', '3'))}garbage\n`),
    // Silent: the connection stays open and nothing comes.
    (response) => void response.write(line('ADDED', pod('c', '4'))),
    (response) => sendJson(response, 429, { kind: 'Status', code: 429 }, { 'retry-after': '1' }),
    (response) => response.socket?.destroy(),
    (response) => void response.end(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired' })),
    (response) => void response.write(line('MODIFIED', pod('a', '11'))),
  ];
  const server = await ScriptedServer.start((request, response) => {
    if (request.url?.includes('watch=true')) return watches.shift()?.(response);
    const late = request.url?.includes('resourceVersion=0') === false;
    return sendJson(
      response,
      200,
      late
        ? { metadata: { resourceVersion: '10' }, items: [pod('a', '2'), pod('d', '9')] }
        : { metadata: { resourceVersion: '1' }, items: [] },
    );
  });
  const client = new KubeClient(server.access());
  const changes: string[] = [];
  const troubles: string[] = [];
  const done = Promise.withResolvers<void>();
  const reflector = new Reflector<Pod>({
    client,
    type: pods,
    idleTimeoutMs: 3_000,
    sleep: async () => undefined,
    onAdd: (o) => changes.push(`+${o.metadata?.uid}`),
    onUpdate: (_before, o) => {
      changes.push(`~${o.metadata?.uid}`);
      done.resolve();
    },
    onDelete: (o) => changes.push(`-${o.metadata?.uid}`),
    onTrouble: (err) => troubles.push((err as Error & { code: string }).code),
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  onTestFinished(async () => {
    await client.close();
    await server.stop();
  });
  await done.promise;
  stop.abort();
  await running;
  expect(changes).toEqual(['+a', '+b', '+c', '-b', '-c', '+d', '~a']);
  expect(troubles).toEqual(['connection', 'malformed', 'timeout', 429, 'connection', 410]);
  const versions = server.requests.map(
    (request) => `${request.includes('watch=true') ? 'watch' : 'list'} ${/resourceVersion=(\d*)/.exec(request)?.[1]}`,
  );
  expect(versions).toEqual([
    'list 0',
    'watch 1',
    'watch 2',
    'watch 3',
    'watch 4',
    'watch 4',
    'watch 4',
    'list ',
    'watch 10',
  ]);
});
