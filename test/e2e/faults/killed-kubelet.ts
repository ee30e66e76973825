import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pods } from '@interlink/kube';
import type { Fault } from './fault.ts';
import { createPod, createsOf, type FaultNode, mockPod, podsOf, waitForOutcomes } from './fault-bed.ts';

const podCount = 50;
const kills = 5;

export const killedKubelet: Fault = {
  name: 'kill -9 of the virtual kubelet at five random moments while 50 pods start, end and are deleted',
  expected: 'None is lost, none is started twice, and each exit code is right',
  run: async ({ bed, nameOf }) => {
    const node = await bed.startNode(nameOf('killed'));
    const names = Array.from({ length: podCount }, (_, index) => `p-${String(index).padStart(2, '0')}`);
    const creating = (async () => {
      for (const [index, name] of names.entries()) {
        await createPod(
          node,
          mockPod(node, name, { 'run-seconds': index % 6, 'exit-code': index % 3, 'start-delay': 200 }),
        );
        await sleep(100);
      }
    })();
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(500 + Math.random() * 1_500);
      await node.vk.kill();
      await node.vk.start();
    }
    const restartedAt = performance.now();
    await creating;
    const wanted = names.map((name, index) => `${name} ${index % 3 === 0 ? 'Succeeded' : 'Failed'} ${index % 3}`);
    await waitForOutcomes(node, wanted, 120_000);
    const settledMs = performance.now() - restartedAt;
    const counts = await Promise.all((await podsOf(node)).map(({ metadata }) => createsOf(node, metadata?.uid ?? '')));
    assert.deepEqual(
      counts,
      names.map(() => 1),
    );
    await deleteAll(node);
    return { settledMs };
  },
};

async function deleteAll(node: FaultNode): Promise<void> {
  const { client, namespace } = node;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const deleting = client.request({ method: 'DELETE', path });
  await node.vk.kill();
  await deleting;
  await node.vk.start('backend within reach');
  await waitForOutcomes(node, []);
  assert.deepEqual((await client.list(pods, { namespace })).items, []);
  for (let tries = 0; (await node.backendPods()).length > 0; tries += 1) {
    assert.ok(tries < 100, 'The backend still holds pods');
    await sleep(200);
  }
}
