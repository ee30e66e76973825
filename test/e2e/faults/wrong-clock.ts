import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { nodes, type Pod, pods } from '@interlink/kube';
import { holdFor } from '../drivers/hold-for.ts';
import type { Fault } from './fault.ts';
import { createPod, type FaultNode, mockPod, podsOf, waitForOutcomes } from './fault-bed.ts';

const preload = fileURLToPath(new URL('../../testbed/shift-clock.ts', import.meta.url));
/** Longer than kube-controller-manager waits for a lease that is not renewed (50 s). */
const watchedMs = 55_000;
const endsAfterMs = 3_000;

export const clockAhead = wrongClock('The virtual kubelet’s clock is 10 minutes ahead', 600);
export const clockBehind = wrongClock('The virtual kubelet’s clock is 10 minutes behind', -600);

function wrongClock(name: string, shiftSeconds: number): Fault {
  return {
    name,
    expected:
      'The node stays Ready; a deleted pod gets its whole grace period; a container’s times are the backend’s own',
    run: async ({ bed, nameOf }) => {
      const node = await bed.startNode(nameOf(shiftSeconds > 0 ? 'ahead' : 'behind'));
      await node.vk.stop();
      await node.vk.start('backend within reach', {
        NODE_OPTIONS: `--import=${preload}`,
        CLOCK_SHIFT_SECONDS: String(shiftSeconds),
      });
      const startedAt = Date.now();
      await createPod(node, mockPod(node, 'short', { 'run-seconds': 1, 'exit-code': 3 }));
      await createPod(node, mockPod(node, 'deleted', { 'delete-delay': endsAfterMs }));
      await waitForOutcomes(node, ['deleted Running', 'short Failed 3']);
      const wrong = (await podsOf(node)).flatMap((pod) => wrongTimes(pod, startedAt));
      assert.ok(wrong.length === 0, `Wrong times: ${wrong.join(', ')}`);

      const { namespace, client } = node;
      const [deletedAt, deletedOnMs] = [performance.now(), Date.now()];
      await client.delete(pods, { namespace, name: 'deleted' });
      await waitForOutcomes(node, ['short Failed 3']);
      const deletionMs = performance.now() - deletedAt;
      assert.ok(deletionMs >= endsAfterMs, `It was killed after ${deletionMs} ms`);
      const told = deletionsOf(node).map(({ graceSeconds, time }) => ({
        graceSeconds,
        afterSeconds: (Date.parse(time) - shiftSeconds * 1_000 - deletedOnMs) / 1_000,
      }));
      assert.ok(told.length > 0 && told.every(isWhole), `The backend was told ${JSON.stringify(told)}`);
      await holdFor(watchedMs - deletionMs, async () => await expectReady(node));
      return { deletionMs };
    },
  };
}

/** All of the 30 s that were granted, less the whole seconds that had passed when the backend was told. */
function isWhole({ graceSeconds, afterSeconds }: { graceSeconds: number; afterSeconds: number }): boolean {
  return graceSeconds <= 30 && graceSeconds >= 30 - Math.floor(afterSeconds);
}

/** What the backend was told, by the virtual kubelet's own clock. */
function deletionsOf({ vk }: FaultNode): Array<{ graceSeconds: number; time: string }> {
  const lines = vk.log().split('\n');
  return lines.flatMap((line) => (line.includes('"graceSeconds":') ? JSON.parse(line) : []));
}

function wrongTimes({ metadata, status }: Pod, since: number): string[] {
  const { running, terminated } = status?.containerStatuses?.[0]?.state ?? {};
  const times = [running?.startedAt, terminated?.startedAt, terminated?.finishedAt].flatMap((time) => time ?? []);
  const wrong = times.filter((time) => Date.parse(time) < since - 5_000 || Date.parse(time) > Date.now() + 5_000);
  return wrong.map((time) => `${metadata?.name}: ${time}`);
}

async function expectReady({ client, name }: FaultNode): Promise<void> {
  const { status } = await client.get(nodes, { name });
  assert.equal(status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
}
