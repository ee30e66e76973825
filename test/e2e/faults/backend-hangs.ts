import assert from 'node:assert/strict';
import { events, nodes } from '@interlink/kube';
import { waitFor } from '../../testbed/index.ts';
import { holdFor } from '../drivers/hold-for.ts';
import type { Fault } from './fault.ts';
import { createPod, type FaultNode, mockPod, outcomesOf, waitForOutcomes } from './fault-bed.ts';

const expected =
  'InterLinkConnectivity is False, with an event, within 30 s; the node stays Ready, no pod fails; what ended meanwhile is reported after';
const noticedWithinMs = 30_000;

export const interLinkHangs = backendHangs('InterLink is stopped (SIGSTOP) and goes on (SIGCONT)', 'interlink');
export const sidecarHangs = backendHangs('The sidecar is stopped (SIGSTOP) and goes on (SIGCONT)', 'sidecar');

/** Nothing is refused and no connection breaks: only silence tells. */
function backendHangs(name: string, part: 'interlink' | 'sidecar'): Fault {
  return {
    name,
    expected,
    run: async ({ bed, outageMs, nameOf }) => {
      const node = await bed.startNode(nameOf(`${part}-hangs`), { hasOwnBackend: true });
      await createPod(node, mockPod(node, 'steady'));
      await createPod(node, mockPod(node, 'ending', { 'run-seconds': 20 }));
      await waitForOutcomes(node, ['ending Running', 'steady Running']);
      const { pid } = node[part];
      const stoppedAt = performance.now();
      process.kill(pid, 'SIGSTOP');
      try {
        await waitFor('the condition', async () => await hasCondition(node, 'InterLinkConnectivity', 'False'), {
          timeoutMs: noticedWithinMs,
          intervalMs: 500,
        });
        await waitFor('the event', async () => await hasEvent(node), {
          timeoutMs: noticedWithinMs - (performance.now() - stoppedAt),
        });
        const noticedMs = performance.now() - stoppedAt;
        await holdFor(outageMs - noticedMs, async () => {
          assert.ok(await hasCondition(node, 'Ready', 'True'));
          assert.deepEqual(await outcomesOf(node), ['ending Running', 'steady Running']);
        });
        const backAt = performance.now();
        process.kill(pid, 'SIGCONT');
        await waitForOutcomes(node, ['ending Succeeded 0', 'steady Running'], 60_000);
        const statusMs = performance.now() - backAt;
        await waitFor(
          'the condition to be True',
          async () => await hasCondition(node, 'InterLinkConnectivity', 'True'),
        );
        return { noticedMs, statusMs, connectedMs: performance.now() - backAt };
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
  };
}

export async function hasCondition({ client, name }: FaultNode, type: string, value: string): Promise<boolean> {
  const { status } = await client.get(nodes, { name });
  return status?.conditions?.some((condition) => condition.type === type && condition.status === value) === true;
}

async function hasEvent({ client, name }: FaultNode): Promise<boolean> {
  const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${name},reason=BackendUnreachable`;
  return (await client.list(events, { namespace: 'default' }, { fieldSelector })).items.length > 0;
}
