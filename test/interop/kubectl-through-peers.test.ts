import { randomUUID } from 'node:crypto';
import type { Node, Pod } from '@interlink/kube';
import { describe, expect, inject, test } from 'vitest';
import { Namespace } from '../e2e/drivers/namespace.ts';
import { kubectl, waitFor } from '../testbed/index.ts';
import { ourProcesses } from './peers/our-processes.ts';
import { type PythonPlugin, startPythonPlugin, startPythonPluginV1 } from './peers/python-plugin.ts';
import { startV1InterLink } from './peers/v1-interlink.ts';
import { startV1OnlyProxy } from './peers/v1-only-proxy.ts';

const testbed = inject('testbed');
const timeout = 240_000;

/** A pod of one shell container, for the node of this name. */
function podOf(nodeName: string, name: string, script: string): Pod {
  const env = [{ name: 'GREETING', value: 'hello' }];
  const container = { name: 'main', image: 'busybox', command: ['sh', '-c', script], env };
  const spec = { nodeName, restartPolicy: 'Never', terminationGracePeriodSeconds: 5, containers: [container] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec } as Pod;
}

/** A pod that ends, one that fails, one that is deleted: what a user sees of them by kubectl. */
async function livePods(nodeName: string): Promise<void> {
  const { controlPlane } = testbed;
  if (controlPlane === undefined) throw new Error('There is no control plane');
  const namespace = await Namespace.create(nodeName, controlPlane);
  try {
    await namespace.apply(
      podOf(nodeName, 'good', 'echo "$GREETING"; echo done'),
      podOf(nodeName, 'bad', 'echo trouble >&2; exit 3'),
      podOf(nodeName, 'long', 'echo begun; sleep 100000'),
    );
    await namespace.waitForPhase('good', 'Succeeded');
    expect(await namespace.run('logs', 'good')).toBe('hello\ndone\n');
    expect(await namespace.run('logs', 'good', '--tail=1')).toBe('done\n');

    const { status } = await namespace.waitForPhase('bad', 'Failed');
    expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(await namespace.run('logs', 'bad')).toBe('trouble\n');

    const running = await namespace.waitForPhase('long', 'Running');
    expect(running.status?.containerStatuses?.[0]?.ready).toBe(true);
    // What a v1 peer can't do is told, not tried.
    const exec = await namespace.try('exec', 'long', '--', 'true');
    expect([exec.exitCode === 0, exec.stderr]).toEqual([false, expect.stringMatching(/can't|cannot|501|has no exec/i)]);
    await namespace.run('delete', 'pod', 'long', '--wait=false');
    await namespace.waitUntilGone('long');
    await namespace.run('delete', 'pod', 'good', 'bad', '--wait=false');
    await namespace.waitUntilGone('good');
    await namespace.waitUntilGone('bad');
  } finally {
    await namespace.delete();
    await kubectl(testbed, ['delete', 'node', nodeName, '--ignore-not-found', '--wait=false']);
  }
}

/** kubectl's way through a virtual kubelet and InterLink of ours to the plugin. */
async function through(plugin: PythonPlugin, { isInterLinkV1 = false } = {}): Promise<string[]> {
  const nodeName = `interop-${randomUUID().slice(0, 8)}`;
  await using ours = await ourProcesses(await plugin.token());
  const port = await ours.startInterLink(plugin.port);
  await using proxy = await startV1OnlyProxy(port);
  const kubeconfig = testbed.controlPlane?.kubeconfig ?? '';
  await ours.startVirtualKubelet({ nodeName, kubeconfig, interLinkPort: isInterLinkV1 ? proxy.port : port });
  await livePods(nodeName);
  return proxy.seen;
}

describe.concurrent('kubectl', () => {
  test('a v1 plugin in Python runs pods behind our virtual kubelet and InterLink', { timeout }, async () => {
    await using plugin = await startPythonPluginV1();
    await through(plugin);
  });

  test('the v2 plugin in Python runs pods behind our virtual kubelet and InterLink', { timeout }, async () => {
    await using plugin = await startPythonPlugin();
    await through(plugin);
  });

  test('what a v1 ping says of resources and taints is the node’s', { timeout }, async () => {
    const nodeName = `interop-${randomUUID().slice(0, 8)}`;
    const kubeconfig = testbed.controlPlane?.kubeconfig ?? '';
    await using peer = await startV1InterLink();
    const accelerators = [{ resourceType: 'nvidia.com/gpu', available: 2 }];
    const taints = [{ key: 'site.example/full', value: 'yes', effect: 'NoSchedule' }];
    const resources = { cpu: '12', memory: '24Gi', pods: '30', accelerators };
    peer.ping = { status: 200, body: JSON.stringify({ status: 'ok', resources, taints }) };
    await using ours = await ourProcesses('no-token-is-asked-for');
    try {
      await ours.startVirtualKubelet({ nodeName, kubeconfig, interLinkPort: Number(new URL(peer.url).port) });
      await waitFor('the node to be as the ping says', async () => {
        const { stdout } = await kubectl(testbed, ['get', 'node', nodeName, '-o', 'json']);
        const { status, spec } = JSON.parse(stdout) as Node;
        expect(status?.capacity).toMatchObject({ cpu: '12', memory: '24Gi', pods: '30', 'nvidia.com/gpu': '2' });
        expect(spec?.taints).toEqual(expect.arrayContaining(taints));
        return true;
      });
    } finally {
      await kubectl(testbed, ['delete', 'node', nodeName, '--ignore-not-found', '--wait=false']);
    }
  });

  test('our virtual kubelet runs pods before an InterLink that speaks v1 only', { timeout }, async () => {
    await using plugin = await startPythonPlugin();
    const seen = new Set(await through(plugin, { isInterLinkV1: true }));
    for (const call of ['POST /pinglink', 'POST /create', 'GET /status', 'GET /getLogs', 'DELETE /delete'])
      expect(seen).toContain(call);
  });

  test('an InterLink that learns v2 is spoken to in v1 until the virtual kubelet is restarted, and keeps its pods', {
    timeout,
  }, async () => {
    const nodeName = `interop-${randomUUID().slice(0, 8)}`;
    const { controlPlane } = testbed;
    if (controlPlane === undefined) throw new Error('There is no control plane');
    await using plugin = await startPythonPlugin();
    await using ours = await ourProcesses(await plugin.token());
    await using proxy = await startV1OnlyProxy(await ours.startInterLink(plugin.port));
    const { kubeconfig } = controlPlane;
    const virtualKubelet = await ours.startVirtualKubelet({ nodeName, kubeconfig, interLinkPort: proxy.port });
    const namespace = await Namespace.create(nodeName, controlPlane);
    try {
      await namespace.apply(podOf(nodeName, 'before', 'echo begun; sleep 100000'));
      await namespace.waitForPhase('before', 'Running');
      proxy.upgrade();
      await namespace.apply(podOf(nodeName, 'after', 'echo "$GREETING"'));
      await namespace.waitForPhase('after', 'Succeeded');
      expect(await namespace.run('logs', 'before')).toBe('begun\n');
      for (const name of ['before', 'after']) {
        await namespace.run('delete', 'pod', name, '--wait=false');
        await namespace.waitUntilGone(name);
      }
      expect(proxy.seen.filter((call) => call.includes('/v2/'))).toEqual([]);
      await virtualKubelet.stop();
      await virtualKubelet.start('backend within reach');
      await namespace.apply(podOf(nodeName, 'in-v2', 'exit 3'));
      await namespace.waitForPhase('in-v2', 'Failed');
      expect(proxy.seen.some((call) => /^PUT \/v2\/.*\/pods\//.test(call))).toBe(true);
      await namespace.run('delete', 'pod', 'in-v2', '--wait=false');
      await namespace.waitUntilGone('in-v2');
    } finally {
      await namespace.delete();
      await kubectl(testbed, ['delete', 'node', nodeName, '--ignore-not-found', '--wait=false']);
    }
  });
});
