import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@interlink/kube';
import { waitFor } from '../../testbed/index.ts';
import { SocketProxy } from '../../testbed/socket-proxy.ts';
import { holdFor } from '../drivers/hold-for.ts';
import { shell, untilTerm } from '../drivers/pods.ts';
import { hasCondition } from './backend-hangs.ts';
import type { Fault } from './fault.ts';
import { createPod, type FaultNode, mockPod, outcomesOf, podsOf, waitForOutcomes } from './fault-bed.ts';

const noticedWithinMs = 30_000;

/** As when dockerd is upgraded with live-restore on: containers run on, and nobody can be asked about them. */
export const engineGone: Fault = {
  name: 'The Docker Engine’s socket is gone',
  expected:
    'Containers run on, no pod fails; InterLinkConnectivity is False within 30 s; what ended meanwhile is reported with its exit code, what was made meanwhile runs',
  run: async ({ bed, docker, outageMs, nameOf }) => {
    assert.ok(docker, 'This fault needs a Docker Engine');
    const directory = await mkdtemp(join(tmpdir(), 'interlink-engine-'));
    const socket = await SocketProxy.start(join(directory, 'docker.sock'), docker.socket);
    try {
      const node = await bed.startNode(nameOf('engine'), { dockerHost: `unix://${socket.path}` });
      await createPod(node, dockerPod(node, 'steady', untilTerm));
      await createPod(node, dockerPod(node, 'ending', `sleep ${outageMs / 2_000}; exit 3`));
      await waitForOutcomes(node, ['ending Running', 'steady Running']);
      const before = (await podsOf(node)).map(containerOf).toSorted();

      const goneAt = performance.now();
      await socket.down();
      await waitFor('the condition', async () => await hasCondition(node, 'InterLinkConnectivity', 'False'), {
        timeoutMs: noticedWithinMs,
        intervalMs: 500,
      });
      const noticedMs = performance.now() - goneAt;
      await createPod(node, dockerPod(node, 'meanwhile', untilTerm));
      await holdFor(outageMs, async () => {
        assert.ok(await hasCondition(node, 'Ready', 'True'));
        assert.deepEqual(await outcomesOf(node), ['ending Running', 'meanwhile Pending', 'steady Running']);
      });
      const backAt = performance.now();
      await socket.up();
      await waitForOutcomes(node, ['ending Failed 3', 'meanwhile Running', 'steady Running']);
      const statusMs = performance.now() - backAt;
      const after = (await podsOf(node)).map(containerOf);
      assert.deepEqual(after.filter((container) => !container.startsWith('meanwhile')).toSorted(), before);
      await deleteAll(node);
      await waitFor('the condition to be True', async () => await hasCondition(node, 'InterLinkConnectivity', 'True'));
      return { noticedMs, statusMs };
    } finally {
      await socket.down();
      await rm(directory, { recursive: true });
    }
  },
};

function dockerPod(node: FaultNode, name: string, script: string): Pod {
  const pod = mockPod(node, name);
  return { ...pod, spec: { ...pod.spec, terminationGracePeriodSeconds: 2, containers: [shell('main', script)] } };
}

function containerOf({ metadata, status }: Pod): string {
  const [main] = status?.containerStatuses ?? [];
  return `${metadata?.name} ${main?.containerID} ${main?.restartCount}`;
}

/** The engine is everybody's. */
async function deleteAll(node: FaultNode): Promise<void> {
  await node.client.request({ method: 'DELETE', path: `/api/v1/namespaces/${node.namespace}/pods` });
  await waitForOutcomes(node, []);
  await waitFor('the backend to have none', async () => (await node.backendPods()).length === 0);
}
