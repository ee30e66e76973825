import { cpus } from 'node:os';
import type { Node } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { NodeView } from './drivers/node.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('node').extend('node', ({ site, controlPlane }) => new NodeView(site.nodeName, controlPlane));

/** Without those that Kubernetes' node controller adds a while later. */
function ownLabels({ metadata }: Node): Array<[string, string]> {
  return Object.entries(metadata?.labels ?? {}).filter(([name]) => !name.startsWith('beta.kubernetes.io/'));
}

describe.skipIf(cannotRun)('the virtual node', () => {
  test('has labels, a taint, an address and what its sidecar announces', async ({ site, node }) => {
    const { metadata, spec, status } = await node.get();
    expect(metadata?.labels).toMatchObject({
      type: 'virtual-kubelet',
      'virtual-node.interlink/type': 'virtual-kubelet',
      'kubernetes.io/hostname': site.nodeName,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/role': 'agent',
    });
    expect(spec?.taints).toContainEqual(
      expect.objectContaining({ key: 'virtual-node.interlink/no-schedule', effect: 'NoSchedule' }),
    );
    expect(status?.addresses).toEqual([{ type: 'InternalIP', address: '127.0.0.1' }]);
    expect(status?.daemonEndpoints?.kubeletEndpoint?.Port).toBeGreaterThan(0);
    const announced = await waitFor('the capacity', async () => {
      const { capacity, allocatable } = (await node.get()).status ?? {};
      return capacity?.cpu !== '0' && { capacity, allocatable };
    });
    expect(announced.capacity).toMatchObject({ cpu: String(cpus().length), pods: '110' });
    expect(announced.allocatable).toEqual(announced.capacity);
    await node.waitForCondition('Ready', 'True');
    await node.waitForCondition('InterLinkConnectivity', 'True');
    expect((await node.get()).status?.nodeInfo?.containerRuntimeVersion).toMatch(/^docker:\/\/\d+\./);
  });

  test('has a lease that is its own and is renewed', async ({ node }) => {
    const { metadata: owner } = await node.get();
    const first = await waitFor('the lease', async () => await node.lease());
    expect(first.metadata?.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: node.name, uid: owner?.uid },
    ]);
    expect(first.spec).toMatchObject({ holderIdentity: node.name, leaseDurationSeconds: 40 });
    await waitFor('its renewal', async () => (await node.lease()).spec?.renewTime !== first.spec?.renewTime);
  });

  test('stays Ready, with what it had, when its virtual kubelet restarts while the backend is away', async ({
    site,
    node,
  }) => {
    const before = await node.get();
    const ready = await node.condition('Ready');
    await Promise.all([site.vk.kill(), site.interlink.kill()]);
    await site.vk.start('backend out of reach');

    await node.waitForCondition('InterLinkConnectivity', 'False');
    const after = await node.get();
    expect(after.status?.capacity).toEqual(before.status?.capacity);
    expect(after.metadata?.uid).toBe(before.metadata?.uid);
    expect(await node.condition('Ready')).toMatchObject({
      status: 'True',
      lastTransitionTime: ready.lastTransitionTime,
    });
    await site.interlink.start('listening');
    await node.waitForCondition('InterLinkConnectivity', 'True');
  });

  test('comes back, with its lease, when somebody deletes it', async ({ node }) => {
    const before = await node.get();
    await node.delete();
    const after = await waitFor('another node of that name', async () => {
      const found = await node.get();
      return found.metadata?.uid !== before.metadata?.uid && found;
    });
    await node.waitForCondition('Ready', 'True');
    expect(ownLabels(after)).toEqual(ownLabels(before));
    await waitFor('a lease of the new node', async () => {
      const { metadata } = await node.lease();
      return metadata?.ownerReferences?.[0]?.uid === after.metadata?.uid;
    });
  });
});
