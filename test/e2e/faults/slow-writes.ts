import assert from 'node:assert/strict';
import { pods } from '@interlink/kube';
import type { SeenRequest } from '../../testbed/fault-proxy.ts';
import type { Fault } from './fault.ts';
import { createPod, mockPod, waitForOutcomes } from './fault-bed.ts';

const slowMs = 5_000;
const order = ['Pending', 'Running', 'Succeeded', 'Failed'];

/** An API server under load: each write takes its time. */
export const slowPatches: Fault = {
  name: 'Each status PATCH takes 5 s',
  expected: 'The last state is there after the PATCHes that were under way; a pod’s phase never goes backwards',
  run: async ({ bed, nameOf }) => {
    const node = await bed.startNode(nameOf('slow'));
    node.proxy.fault = (request) => (isStatusPatch(request) ? { delayMs: slowMs } : undefined);
    const phases: string[] = [];
    const over = new AbortController();
    const watching = followPhases(over.signal, async (signal) => {
      const watch = node.client.watch(pods, { namespace: node.namespace }, { signal });
      for await (const { type, object } of watch) if (type !== 'BOOKMARK') phases.push(object.status?.phase ?? '');
    });
    const startedAt = performance.now();
    await createPod(node, mockPod(node, 'short', { 'run-seconds': 1, 'exit-code': 3 }));
    await waitForOutcomes(node, ['short Failed 3']);
    const endedMs = performance.now() - startedAt;
    const patches = node.proxy.seen.filter(isStatusPatch);
    over.abort();
    await watching;
    assert.deepEqual(
      phases,
      phases.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    );
    assert.ok(endedMs < 1_000 + 3 * slowMs, `It took ${endedMs} ms`);
    assert.ok(patches.length <= 3, `It took ${patches.length} PATCHes`);
    return { endedMs };
  },
};

/** Priority and fairness at work. */
export const tooManyRequests: Fault = {
  name: 'The first three writes of each path are answered 429 with Retry-After: 1',
  expected: 'They are sent again after a second, and nothing is lost',
  run: async ({ bed, nameOf }) => {
    const node = await bed.startNode(nameOf('busy'));
    const refusals = new Map<string, number>();
    node.proxy.fault = ({ method, path }) => {
      if (method === 'GET') return undefined;
      const kind = `${method} ${path}`;
      const count = (refusals.get(kind) ?? 0) + 1;
      refusals.set(kind, count);
      const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'TooManyRequests', code: 429 };
      return count <= 3 ? { answer: { status: 429, headers: { 'retry-after': '1' }, body } } : undefined;
    };
    const startedAt = performance.now();
    await createPod(node, mockPod(node, 'short', { 'run-seconds': 1, 'exit-code': 3 }));
    await waitForOutcomes(node, ['short Failed 3']);
    const endedMs = performance.now() - startedAt;
    assert.ok(endedMs >= 3_000, 'It was never refused');
    return { endedMs };
  },
};

async function followPhases(signal: AbortSignal, follow: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await follow(signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function isStatusPatch({ method, path }: SeenRequest): boolean {
  return method === 'PATCH' && path.includes('/pods/') && path.endsWith('/status');
}
