import type { Pod } from '@interlink/kube';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ControlPlaneData, kubectl, waitFor } from '../testbed/index.ts';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { Namespace } from './drivers/namespace.ts';
import { NodeView } from './drivers/node.ts';
import { pod } from './drivers/pods.ts';
import { type ReplicatedSite, startReplicatedSite } from './drivers/replicated-site.ts';
import { numbered, waitForAll } from './drivers/running-pods.ts';

const controlPlane = inject('testbed').controlPlane as ControlPlaneData;
const nodeNames = ['e2e-replicas-one', 'e2e-replicas-two'];
let site: ReplicatedSite;
let namespace: Namespace;

/** On both nodes. @returns their names */
async function create(prefix: string, annotations: Record<string, string> = {}): Promise<string[]> {
  const containers = [{ name: 'main', image: 'any' }];
  const pods = nodeNames.flatMap((nodeName, index) =>
    numbered(`${prefix}-${index}`, 4).map((name): Pod => {
      const made = pod(nodeName, name, { containers });
      return { ...made, metadata: { ...made.metadata, annotations } };
    }),
  );
  await namespace.apply(...pods);
  return pods.map(({ metadata }) => metadata?.name ?? '');
}

describe.skipIf(controlPlane === undefined)('three InterLinks behind a TCP balancer', () => {
  beforeAll(async () => {
    site = await startReplicatedSite(controlPlane, nodeNames, 3);
    namespace = await Namespace.create('e2e-replicas', controlPlane);
  });
  afterAll(async () => {
    await namespace?.run('delete', 'pods', '--all', '--force', '--grace-period=0');
    await namespace?.delete();
    await site?.stop();
    for (const name of nodeNames) await kubectl({ controlPlane }, ['delete', 'node', name, '--wait=false']);
  });

  test('are killed one after the other under load, and nobody sees a difference', async () => {
    // A node that was just registered has the condition before anything was heard.
    await waitFor(
      'all nodes to hear of the backend',
      () => (site.vk.log().match(/"msg":"backend within reach"/g) ?? []).length >= nodeNames.length,
    );
    const nodes = nodeNames.map((name) => new NodeView(name, controlPlane));
    const reach = await Promise.all(
      nodes.map(async (node) => await node.waitForCondition('InterLinkConnectivity', 'True')),
    );
    const staying = await create('staying', { 'mock.interlink.eu/log': 'a line' });
    await waitForAll(namespace, staying, 'Running');

    const ended: string[] = [];
    for (const [round, replica] of site.replicas.entries()) {
      const log = startKubectl(controlPlane, namespace, 'logs', '-f', staying[round] ?? '');
      await log.waitFor('a line');
      const creating = create(`round-${round}`, {
        'mock.interlink.eu/run-seconds': '1',
        'mock.interlink.eu/exit-code': '7',
      });
      await Promise.all([creating, replica.kill()]);
      ended.push(...(await creating));
      for (const name of [staying[round] ?? '', staying.at(-1 - round) ?? '']) {
        expect(await namespace.run('exec', name, '--', 'say', 'hello')).toBe('say hello\n');
        expect(await namespace.run('logs', name)).toContain('a line');
      }
      log.interrupt();
      await replica.start('listening');
    }

    const pods = await waitForAll(namespace, ended, 'Failed');
    expect(pods.map(({ status }) => status?.containerStatuses?.[0]?.state?.terminated?.exitCode)).toEqual(
      ended.map(() => 7),
    );
    await waitForAll(namespace, staying, 'Running');
    const created = site.sidecar.log().match(/"podUid":"[^"]+"[^\n]*"msg":"pod created"/g) ?? [];
    const uids = created.map((line) => /"podUid":"([^"]+)"/.exec(line)?.[1]).sort();
    const wanted = (await namespace.pods()).map(({ metadata }) => metadata?.uid).sort();
    expect(uids).toEqual(wanted);
    // The watches were cut, and nothing came of it.
    expect(site.vk.log()).toContain('"msg":"backend out of reach"');
    for (const [index, node] of nodes.entries()) {
      const { lastTransitionTime, status } = await node.condition('InterLinkConnectivity');
      expect([status, lastTransitionTime]).toEqual(['True', reach[index]?.lastTransitionTime]);
    }
  });
});
