import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenRequest } from '../../testbed/fault-proxy.ts';
import { waitFor } from '../../testbed/index.ts';
import { isPodList } from './api-server-gone.ts';
import type { Fault } from './fault.ts';
import { createPod, createsOf, type FaultNode, mockPod, podsOf, waitForOutcomes } from './fault-bed.ts';

const gone = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Expired',
  code: 410,
  message: 'too old resource version',
};

/** As after etcd was compacted, or kube-apiserver was started anew: what a watch would go on from is forgotten. */
export const historyLost: Fault = {
  name: 'A watch can’t go on: 410 Gone as an answer, then as an ERROR event',
  expected: 'One list each time, and what happened meanwhile is seen',
  run: async ({ bed, nameOf }) => {
    const node = await bed.startNode(nameOf('gone'));
    let refusals = 1;
    node.proxy.fault = (request) =>
      isPodWatch(request) && refusals-- > 0 ? { answer: { status: 410, body: gone } } : undefined;
    await node.proxy.down('refuse');
    await createPod(node, mockPod(node, 'meanwhile'));
    const answeredMs = await seenAfter(node, () => node.proxy.up(), ['meanwhile Running']);

    await sleep(1_500);
    await createPod(node, mockPod(node, 'later'));
    await waitForOutcomes(node, ['later Running', 'meanwhile Running']);
    const eventMs = await seenAfter(node, async () => node.proxy.inject({ type: 'ERROR', object: gone }), [
      'later Running',
      'meanwhile Running',
    ]);
    return { answeredMs, eventMs };
  },
};

/** At-least-once delivery, as proxies and resumed watches have it. */
export const eventsTwice: Fault = {
  name: 'Each watch event comes twice, and once more out of date',
  expected: 'A pod is started once; its status never goes backwards',
  run: async ({ bed, nameOf }) => {
    const node = await bed.startNode(nameOf('twice'));
    await createPod(node, mockPod(node, 'first'));
    await waitForOutcomes(node, ['first Running']);
    let previous: string | undefined;
    node.proxy.fault = (request) =>
      isPodWatch(request)
        ? {
            onLine: (line) => {
              const lines = [line, line, ...(previous === undefined ? [] : [previous])];
              previous = line;
              return lines;
            },
          }
        : undefined;
    await node.proxy.down('refuse');
    await node.proxy.up();
    const startedAt = performance.now();
    await createPod(node, mockPod(node, 'second', { 'run-seconds': 2, 'exit-code': 3 }));
    await waitForOutcomes(node, ['first Running', 'second Failed 3']);
    const endedMs = performance.now() - startedAt;
    for (const { metadata } of await podsOf(node)) assert.equal(await createsOf(node, metadata?.uid ?? ''), 1);
    await sleep(2_000);
    await waitForOutcomes(node, ['first Running', 'second Failed 3'], 1_000);
    return { endedMs };
  },
};

/** Does it, and looks that the pods are as said, after exactly one list. */
async function seenAfter(node: FaultNode, act: () => Promise<void>, outcomes: ReadonlyArray<string>): Promise<number> {
  const before = node.proxy.seen.filter(isPodList).length;
  const startedAt = performance.now();
  await act();
  await waitFor('a list of pods', () => node.proxy.seen.filter(isPodList).length > before, { intervalMs: 20 });
  await waitForOutcomes(node, outcomes);
  const tookMs = performance.now() - startedAt;
  await sleep(2_000);
  assert.equal(node.proxy.seen.filter(isPodList).length, before + 1);
  return tookMs;
}

function isPodWatch({ path, query }: SeenRequest): boolean {
  return path === '/api/v1/pods' && query.has('watch');
}
