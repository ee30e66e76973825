import type { KubeObject, Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { configurationFile } from './drivers/configuration-file.ts';
import type { Namespace } from './drivers/namespace.ts';
import { NodeView } from './drivers/node.ts';
import { shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const policy = (DaemonSetPods: string) => configurationFile({ Policy: { DaemonSetPods } });
// Each policy has a site of its own; a DaemonSet reaches all of them, so each is kept to one.
const pendingTest = siteTest('daemons-pending');
const reportTest = siteTest('daemons-reported', { env: policy('report-running') });
const runTest = siteTest('daemons-run', { env: policy('run') });
const blanket = [{ operator: 'Exists' }];
const annotation = 'virtual-node.interlink/not-run';

/** As kube-proxy and its like are, but for its node selector. */
function daemonSet(nodeName: string, name: string, tolerations: object[] = blanket): KubeObject {
  const labels = { app: name };
  const spec = {
    nodeSelector: { 'kubernetes.io/hostname': nodeName },
    tolerations,
    terminationGracePeriodSeconds: 2,
    containers: [shell('main', untilTerm)],
  };
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template },
  } as KubeObject;
}

async function podOf(namespace: Namespace, name: string, what: string, isWanted: (pod: Pod) => boolean): Promise<Pod> {
  return await waitFor(`the pod of DaemonSet ${name} to be ${what}`, async () =>
    (await namespace.pods()).find((pod) => pod.metadata?.labels?.app === name && isWanted(pod)),
  );
}

const isWaiting = ({ status }: Pod) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'DaemonSetPodPending';
const isRunning = ({ status }: Pod) => status?.phase === 'Running';

describe.skipIf(cannotRun)('a DaemonSet that tolerates everything', { concurrent: true }, () => {
  pendingTest('has a Pending pod whose event gives a command that takes it away', async ({ site, namespace }) => {
    await namespace.apply(daemonSet(site.nodeName, 'agent'));
    const { metadata } = await podOf(namespace, 'agent', 'told of', isWaiting);
    const { message = '' } = await namespace.waitForEvent(
      metadata?.name ?? '',
      'DaemonSetPodPending',
      /rolling update/,
    );

    // What the event says is what the administrator does, word for word.
    const [, patch = ''] = /kubectl -n \S+ patch daemonset agent --type merge -p '(.*)'$/.exec(message) ?? [];
    await namespace.run('patch', 'daemonset', 'agent', '--type', 'merge', '-p', patch);
    await waitFor('its pod to be gone', async () => (await namespace.pods()).length === 0);
    const wanted = ['get', 'daemonset', 'agent', '-o', 'jsonpath={.status.desiredNumberScheduled}'];
    await waitFor('the controller to want none', async () => (await namespace.run(...wanted)) === '0');
  });

  pendingTest('runs if it also names the taint', async ({ site, namespace }) => {
    const ours = { key: 'virtual-node.interlink/no-schedule', operator: 'Exists' };
    await namespace.apply(daemonSet(site.nodeName, 'meant', [...blanket, ours]));
    const { metadata } = await podOf(namespace, 'meant', 'running', isRunning);
    expect(metadata?.annotations?.[annotation]).toBeUndefined();
    await namespace.run('exec', metadata?.name ?? '', '--', 'true');
  });

  runTest('runs where the administrator wants it to', async ({ site, namespace, engine }) => {
    await namespace.apply(daemonSet(site.nodeName, 'agent'));
    const { metadata } = await podOf(namespace, 'agent', 'running', isRunning);
    await namespace.run('exec', metadata?.name ?? '', '--', 'true');
    expect(await engine.ofNode(site.nodeName)).not.toEqual([]);
  });

  reportTest(
    'is done with its rolling update where its pods are only reported as running',
    async ({ site, namespace, engine, controlPlane }) => {
      await namespace.apply(daemonSet(site.nodeName, 'agent'));
      await namespace.run('rollout', 'status', 'daemonset/agent', '--timeout=60s');
      const first = await podOf(namespace, 'agent', 'running', isRunning);
      const name = first.metadata?.name ?? '';
      expect(first.metadata?.annotations?.[annotation]).toBe('true');
      await namespace.waitForEvent(name, 'DaemonSetPodNotRun', /only reports them as running/);
      expect(await engine.ofNode(site.nodeName)).toEqual([]);
      for (const verb of [
        ['logs', name],
        ['exec', name, '--', 'true'],
      ]) {
        expect((await namespace.try(...verb)).stderr).toContain('does not run: this virtual node only reports pods');
      }

      await site.vk.kill();
      await site.vk.start('backend within reach');
      await new NodeView(site.nodeName, controlPlane).waitForCondition('Ready', 'True');
      await namespace.run('rollout', 'restart', 'daemonset/agent');
      await namespace.run('rollout', 'status', 'daemonset/agent', '--timeout=60s');
      const second = await podOf(namespace, 'agent', 'running', (pod) => isRunning(pod) && pod.metadata?.name !== name);
      expect(second.metadata?.annotations?.[annotation]).toBe('true');
      expect(await namespace.findPod(name)).toBeUndefined();
      expect(await engine.ofNode(site.nodeName)).toEqual([]);
    },
  );
});
