import assert from 'node:assert/strict';
import { nodes, type Pod } from '@interlink/kube';
import type { SeenRequest } from '../../testbed/fault-proxy.ts';
import { waitFor } from '../../testbed/index.ts';
import { holdFor } from '../drivers/hold-for.ts';
import type { Fault } from './fault.ts';
import { createPod, type FaultNode, mockPod, podsOf, waitForOutcomes } from './fault-bed.ts';

const expected =
  'Pods run on and none is restarted; what ends meanwhile is reported with its exit code; each collection is listed once at most; the node is Ready';

/** As when kube-apiserver is down. */
export const apiServerRefuses = apiServerGone('The Kubernetes API refuses connections', 'refuse');
/** As when kube-apiserver is stopped, or a firewall drops packets: nothing tells that nobody is there. */
export const apiServerHangs = apiServerGone('The Kubernetes API takes connections and answers nothing', 'hang');

function apiServerGone(name: string, how: 'refuse' | 'hang'): Fault {
  return {
    name,
    expected,
    run: async ({ bed, outageMs, nameOf }) => {
      const node = await bed.startNode(nameOf(`api-${how}`));
      await createPod(node, mockPod(node, 'steady'));
      await createPod(node, mockPod(node, 'succeeding', { 'run-seconds': outageMs / 2_000 }));
      await createPod(node, mockPod(node, 'failing', { 'run-seconds': outageMs / 2_000, 'exit-code': 3 }));
      await waitForOutcomes(node, ['failing Running', 'steady Running', 'succeeding Running']);
      const before = await podsOf(node);

      await node.proxy.down(how);
      const seenBefore = node.proxy.seen.length;
      await holdFor(outageMs, async () => assert.deepEqual(await endedEarly(node), []));
      const backAt = performance.now();
      await node.proxy.up();

      await waitForOutcomes(node, ['failing Failed 3', 'steady Running', 'succeeding Succeeded 0'], 120_000);
      const statusMs = performance.now() - backAt;
      await waitFor('the node to be Ready', async () => await isReady(node), { timeoutMs: 60_000 });
      const readyMs = performance.now() - backAt;
      assert.deepEqual((await podsOf(node)).map(identity).toSorted(), before.map(identity).toSorted());
      assert.deepEqual(listedTwice(node.proxy.seen.slice(seenBefore)), []);
      return { statusMs, readyMs };
    },
  };
}

/** Nobody but the kubelet may end them, and it can't say so. */
async function endedEarly(node: FaultNode): Promise<string[]> {
  const pods = await podsOf(node);
  return pods
    .filter(({ metadata }) => metadata?.deletionTimestamp !== undefined)
    .map(({ metadata }) => `${metadata?.name}`);
}

/** What would differ if the pod had been started again. */
function identity({ metadata, status }: Pod): string {
  const [main] = status?.containerStatuses ?? [];
  const startedAt = main?.state?.running?.startedAt ?? main?.state?.terminated?.startedAt;
  return `${metadata?.uid} ${main?.restartCount} ${main?.containerID} ${startedAt}`;
}

async function isReady({ client, name }: FaultNode): Promise<boolean> {
  const { status } = await client.get(nodes, { name });
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}

/** Collections that were listed more than once. One that failed counts, too: it was asked for. */
function listedTwice(seen: ReadonlyArray<SeenRequest>): string[] {
  const lists = seen.filter(isPodList).map(({ path }) => path);
  return lists.filter((path, index) => lists.indexOf(path) !== index);
}

export function isPodList({ method, path, query }: SeenRequest): boolean {
  return method === 'GET' && path === '/api/v1/pods' && !query.has('watch');
}
