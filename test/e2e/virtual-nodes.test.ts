import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Service } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { waitForAll } from './drivers/running-pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

// The port that the third node is to have is somebody else's at first.
const squatter = createServer().listen(0, '127.0.0.1');
await once(squatter, 'listening');
const { port: takenPort } = squatter.address() as AddressInfo;

const [one, two, late] = ['e2e-virtual-nodes', 'e2e-virtual-nodes-two', 'e2e-virtual-nodes-late'];
const test = siteTest('virtual-nodes', {
  virtualNodes: [
    { Name: one, Pool: 'default' },
    {
      Name: two,
      Resources: { CPU: 3, Pods: 7 },
      NodeLabels: ['pool=two'],
      NodeTaints: [{ Key: 'only-two', Effect: 'PreferNoSchedule' }],
    },
    { Name: late, KubeletPort: takenPort },
  ],
});

describe.skipIf(cannotRun)('one process with several virtual nodes', () => {
  test('has each of them with its own capacity, labels, taints, port and lease', async ({ controlPlane, site }) => {
    const nodes = [one, two].map((name) => new NodeView(name, controlPlane));
    for (const node of nodes) {
      await node.waitForCondition('Ready', 'True');
      const lease = await waitFor('the lease', async () => await node.lease());
      expect(lease.spec?.holderIdentity).toBe(node.name);
      expect(lease.metadata?.ownerReferences?.[0]?.uid).toBe((await node.get()).metadata?.uid);
      // A node is there before its backend has answered.
      await waitFor('the capacity', async () => (await node.get()).status?.capacity?.pods !== '0');
    }
    const [first, second] = await Promise.all(nodes.map(async (node) => await node.get()));
    expect(Number(first?.status?.capacity?.pods)).toBe(110);
    expect(second?.status?.capacity).toMatchObject({ cpu: '3', pods: '7' });
    expect(second?.metadata?.labels).toMatchObject({ pool: 'two', 'kubernetes.io/hostname': two });
    expect(second?.spec?.taints).toContainEqual({ key: 'only-two', effect: 'PreferNoSchedule' });
    const ports = [first, second].map((node) => node?.status?.daemonEndpoints?.kubeletEndpoint?.Port);
    expect(new Set([...ports, 0, undefined]).size).toBe(4);
    expect(site.vk.log().match(/"msg":"starting"/g)).toHaveLength(1);
  });

  test('runs the pods of each, and serves the logs and commands of its own', async ({ namespace, engine }) => {
    const service: Service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'linked' },
      spec: { ports: [{ port: 80 }] },
    };
    await namespace.apply(service);
    const containers = [shell('main', `echo "on $NODE, $LINKED_SERVICE_PORT"; ${untilTerm}`)];
    const withNode = containers.map((container) => ({
      ...container,
      env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    }));
    await namespace.apply(...[one, two].map((node) => pod(node, `on-${node}`, { containers: withNode })));
    await waitForAll(namespace, [`on-${one}`, `on-${two}`], 'Running');
    for (const node of [one, two]) {
      await waitFor('the log', async () => (await namespace.run('logs', `on-${node}`)) === `on ${node}, 80\n`);
      expect(await namespace.run('exec', `on-${node}`, '--', '/bin/sh', '-c', 'echo $NODE')).toBe(`${node}\n`);
      expect(await engine.inventory(node)).toHaveLength(1);
      const [event] = (await namespace.events(`on-${node}`)).filter(({ source }) => source?.component === 'kubelet');
      expect(event?.source?.host).toBe(node);
    }
  });

  test('brings back one that somebody deletes, and keeps the pods of the other', async ({
    controlPlane,
    namespace,
    engine,
  }) => {
    await namespace.apply(pod(two, 'steady', { containers: [shell('main', untilTerm)] }));
    const { metadata } = await namespace.waitForPhase('steady', 'Running');
    const steady = async () => (await engine.containersOf(metadata?.uid ?? '')).map(({ Id, State }) => [Id, State]);
    const before = await steady();
    const other = (await new NodeView(two, controlPlane).get()).metadata?.uid;
    const node = new NodeView(one, controlPlane);
    const deleted = await node.get();
    await node.delete();
    await waitFor('another node of that name', async () => {
      return (await node.get()).metadata?.uid !== deleted.metadata?.uid;
    });
    await node.waitForCondition('Ready', 'True');
    await namespace.apply(pod(one, 'young', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('young', 'Running');
    expect((await new NodeView(two, controlPlane).get()).metadata?.uid).toBe(other);
    expect(await steady()).toEqual(before);
  });

  test('starts one that could not start as soon as it can', async ({ controlPlane, site }) => {
    const node = new NodeView(late, controlPlane);
    await waitFor('the complaint', () => site.vk.log().includes('the node failed: it is started again'));
    await expect(node.get()).rejects.toThrow(/not found/);
    squatter.close();
    await node.waitForCondition('Ready', 'True', { timeoutMs: 90_000 });
    expect((await node.get()).status?.daemonEndpoints?.kubeletEndpoint?.Port).toBe(takenPort);
  });
});
