import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNotFound, pods } from '@interlink/kube';
import { waitFor } from '../../testbed/index.ts';
import type { Fault } from './fault.ts';
import { createPod, createsOf, mockPod, podsOf, waitForOutcomes } from './fault-bed.ts';

const times = 20;

/** What StatefulSets do, and users in a hurry. */
export const nameReuse: Fault = {
  name: 'A pod is deleted and made again under the same name within a second, 20 times in a row',
  expected: 'Each old one ends, the new one runs, and neither is ever taken for the other',
  run: async ({ bed, nameOf }) => {
    const node = await bed.startNode(nameOf('reuse'));
    const { client, namespace } = node;
    const path = { namespace, name: 'again' };
    const uids: string[] = [];
    for (let round = 0; round < times; round += 1) {
      // By exit codes one can tell them apart: whoever shows another's is found out.
      const { metadata } = await createPod(node, mockPod(node, 'again', { 'run-seconds': 600, 'exit-code': round }));
      uids.push(metadata?.uid ?? '');
      await sleep(Math.random() * 800);
      if (round === times - 1) break;
      // At once, and by turns as the kubelet has confirmed it.
      await client.delete(pods, path, { gracePeriodSeconds: round % 2 });
      await waitFor('the old one to be gone', () => client.get(pods, path).then(() => false, isNotFound), {
        intervalMs: 20,
      });
    }
    const startedAt = performance.now();
    await waitForOutcomes(node, ['again Running']);
    const last = uids.at(-1) ?? '';
    await waitFor('the last one alone at the backend', async () => {
      const held = (await node.backendPods()).map(({ uid }) => uid);
      assert.deepEqual(held, [last]);
      return true;
    });
    const settledMs = performance.now() - startedAt;
    const [pod] = await podsOf(node);
    assert.equal(pod?.metadata?.uid, last);
    const [held] = await node.backendPods();
    assert.equal(pod?.status?.containerStatuses?.[0]?.containerID, held?.status.containerStatuses[0]?.containerID);
    for (const uid of uids) assert.ok((await createsOf(node, uid)) <= 1, `Pod ${uid} was started twice`);
    return { settledMs };
  },
};
