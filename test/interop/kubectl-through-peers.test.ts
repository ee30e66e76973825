import { randomUUID } from 'node:crypto';
import type { Pod } from '@interlink/kube';
import { describe, expect, inject, test } from 'vitest';
import { Namespace } from '../e2e/drivers/namespace.ts';
import { kubectl } from '../testbed/index.ts';
import { ourProcesses } from './peers/our-processes.ts';
import { type PythonPlugin, startPythonPlugin, startPythonPluginV1 } from './peers/python-plugin.ts';
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

  test('our virtual kubelet runs pods before an InterLink that speaks v1 only', { timeout }, async () => {
    await using plugin = await startPythonPlugin();
    const seen = new Set(await through(plugin, { isInterLinkV1: true }));
    for (const call of ['POST /pinglink', 'POST /create', 'GET /status', 'GET /getLogs', 'DELETE /delete'])
      expect(seen).toContain(call);
  });
});
