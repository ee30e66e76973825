import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import type { EngineView } from './drivers/engine.ts';
import { holdFor } from './drivers/hold-for.ts';
import type { Namespace } from './drivers/namespace.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { endByThemselves, inventoryOf, numbered, waitForAll } from './drivers/running-pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

// Each outage has a site of its own, so that all can pass at the same time.
const outages = [
  { part: 'interlink', test: siteTest('interlink-away') },
  { part: 'sidecar', test: siteTest('sidecar-away') },
] as const;
const kubeletTest = siteTest('kubelet-away');
const startTest = siteTest('interlink-late');

const steady = numbered('steady', 2);
const ending = 'ending';

// This API server evicts pods after 20 s on a node that is not ready or not reachable.
describe.skipIf(cannotRun)('an outage', { concurrent: true }, () => {
  for (const { part, test } of outages) {
    test(`of 60 s of the ${part} keeps the node Ready, says so, evicts nothing and mends itself`, async ({
      site,
      namespace,
      engine,
      controlPlane,
    }) => {
      const node = new NodeView(site.nodeName, controlPlane);
      const before = await startPods(site.nodeName, namespace);
      const ready = await node.condition('Ready');

      await site[part].kill();
      const lost = await node.waitForCondition('InterLinkConnectivity', 'False');
      expect(lost).toMatchObject({ reason: 'BackendUnreachable', message: expect.stringContaining('ECONNREFUSED') });
      await endByThemselves([await namespace.pod(ending)], engine);
      await holdFor(60_000, async () => await expectNothingEvicted(node, namespace));
      await site[part].start('listening');

      await node.waitForCondition('InterLinkConnectivity', 'True');
      await node.waitForCondition('NetworkUnavailable', 'False');
      await expectAsBefore({ namespace, engine, nodeName: site.nodeName, before });
      expect(await node.condition('Ready')).toMatchObject({
        status: 'True',
        lastTransitionTime: ready.lastTransitionTime,
      });
      await namespace.apply(pod(site.nodeName, 'after', { containers: [shell('main', 'true')] }));
      await namespace.waitForPhase('after', 'Succeeded');
    });
  }

  kubeletTest(
    'of 15 s of the virtual kubelet itself loses no pod',
    async ({ site, namespace, engine, controlPlane }) => {
      const node = new NodeView(site.nodeName, controlPlane);
      const before = await startPods(site.nodeName, namespace);
      const ready = await node.condition('Ready');

      await site.vk.kill();
      await endByThemselves([await namespace.pod(ending)], engine);
      await holdFor(15_000, async () => await expectNothingEvicted(node, namespace));
      await site.vk.start('backend within reach');

      await expectAsBefore({ namespace, engine, nodeName: site.nodeName, before });
      expect(await node.condition('Ready')).toMatchObject({
        status: 'True',
        lastTransitionTime: ready.lastTransitionTime,
      });
    },
  );

  startTest(
    'of InterLink while the virtual kubelet starts: the node is Ready, says so, and loses no pod',
    async ({ site, namespace, engine, controlPlane }) => {
      const node = new NodeView(site.nodeName, controlPlane);
      const before = await startPods(site.nodeName, namespace);
      const { capacity } = (await node.get()).status ?? {};
      await site.vk.kill();
      await site.interlink.kill();

      await site.vk.start('backend out of reach');
      const lost = await node.waitForCondition('InterLinkConnectivity', 'False');
      expect(lost).toMatchObject({ reason: 'BackendUnreachable', message: expect.stringContaining('ECONNREFUSED') });
      await endByThemselves([await namespace.pod(ending)], engine);
      await expectNothingEvicted(node, namespace);
      expect((await node.get()).status?.capacity).toEqual(capacity);
      await site.interlink.start('listening');

      await node.waitForCondition('InterLinkConnectivity', 'True');
      await expectAsBefore({ namespace, engine, nodeName: site.nodeName, before });
      expect(await namespace.run('exec', steady[0] ?? '', '--', '/bin/sh', '-c', 'echo here')).toBe('here\n');
    },
  );
});

/** Two that stay, one that ends during the outage. @returns what is to be at the engine before and after */
async function startPods(nodeName: string, namespace: Namespace): Promise<string[]> {
  await namespace.apply(
    ...[...steady, ending].map((name) => pod(nodeName, name, { containers: [shell('main', untilTerm)] })),
  );
  return inventoryOf(await waitForAll(namespace, [...steady, ending], 'Running', { intervalMs: 200 }));
}

async function expectNothingEvicted(node: NodeView, namespace: Namespace): Promise<void> {
  expect((await node.condition('Ready')).status).toBe('True');
  const pods = await namespace.pods();
  expect(pods.map(({ metadata }) => metadata?.name).sort()).toEqual([ending, ...steady]);
  expect(pods.filter(({ metadata }) => metadata?.deletionTimestamp !== undefined)).toEqual([]);
}

interface Expectation {
  readonly namespace: Namespace;
  readonly engine: EngineView;
  readonly nodeName: string;
  readonly before: ReadonlyArray<string>;
}

async function expectAsBefore({ namespace, engine, nodeName, before }: Expectation): Promise<void> {
  await namespace.waitForPhase(ending, 'Succeeded');
  const running = await waitForAll(namespace, steady, 'Running');
  expect(running.flatMap(({ status }) => status?.containerStatuses?.map(({ restartCount }) => restartCount))).toEqual([
    0, 0,
  ]);
  expect(inventoryOf(await namespace.pods())).toEqual(before);
  await waitFor('the same containers at the engine', async () => {
    expect(await engine.inventory(nodeName)).toEqual(before);
    return true;
  });
}
