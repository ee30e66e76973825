import { expect, test } from 'vitest';
import type { KubeClient } from '../client/kube-client.ts';
import { pods } from '../resource-type.ts';
import type { Pod } from '../types.ts';
import { NamespacedReflector } from './namespaced-reflector.ts';

/** Lists one pod per namespace, when the test lets it; its watches are silent. */
function fakeClient() {
  const asked: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const gateOf = (namespace: string) => {
    const gate = gates.get(namespace) ?? Promise.withResolvers<void>();
    gates.set(namespace, gate);
    return gate;
  };
  const client = {
    async list(_type: unknown, { namespace = '' }: { namespace?: string }) {
      asked.push(namespace);
      await gateOf(namespace).promise;
      return { metadata: { resourceVersion: '1' }, items: [{ metadata: { uid: `uid-${namespace}`, namespace } }] };
    },
    async *watch(_type: unknown, _path: unknown, { signal }: { signal: AbortSignal }) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      throw signal.reason;
    },
  };
  return { client: client as unknown as KubeClient, asked, answer: (namespace: string) => gateOf(namespace).resolve() };
}

function start(namespaces?: readonly string[]) {
  const { client, asked, answer } = fakeClient();
  const told: string[] = [];
  const reflector = new NamespacedReflector<Pod>({
    client,
    type: pods,
    namespaces,
    onAdd: ({ metadata }) => told.push(`add ${metadata?.namespace}`),
    onSynced: () => told.push('synced'),
  });
  const ended = new AbortController();
  const running = reflector.run(ended.signal);
  const end = async () => {
    ended.abort();
    await running;
  };
  return { reflector, asked, answer, told, end };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('NamespacedReflector lists these namespaces alone, and is synced when all of them are', async () => {
  const { reflector, asked, answer, told, end } = start(['a', 'b']);
  answer('b');
  await turn();
  expect(asked).toEqual(['a', 'b']);
  expect(told).toEqual(['add b']);
  answer('a');
  await reflector.synced;
  expect(told).toEqual(['add b', 'add a', 'synced']);
  await end();
});

test('NamespacedReflector without namespaces is one list of all', async () => {
  const { reflector, asked, answer, told, end } = start();
  answer('');
  await reflector.synced;
  expect(asked).toEqual(['']);
  expect(told).toEqual(['add ', 'synced']);
  await end();
});
