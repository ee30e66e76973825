import { describe, expect } from 'vitest';
import { kubectl, waitFor } from '../testbed/index.ts';
import { PATIENCE } from '../testbed/patience.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('changes');

describe.skipIf(cannotRun)('a pod that runs on Docker is changed', { concurrent: true }, () => {
  test('by kubectl debug: the debugger sees the network and the processes of its target', async ({
    site,
    namespace,
  }) => {
    const serves = shell('main', 'mkdir /www; echo served > /www/index.html; httpd -p 8080 -h /www; exec sleep 98765');
    await namespace.apply(pod(site.nodeName, 'target', { containers: [serves] }));
    const before = await namespace.waitForPhase('target', 'Running');
    await namespace.waitForServer('target', 8080);
    const script = 'wget -qO- http://127.0.0.1:8080; ps | grep -c "[s]leep 98765"';
    const image = '--image=busybox:1.36';
    await namespace.run('debug', 'target', image, '--target=main', '-c', 'look', '--', 'sh', '-c', script);
    const after = await namespace.waitForPod(
      'target',
      'debugged',
      ({ status }) => status?.ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode === 0,
    );
    expect(await namespace.run('logs', 'target', '-c', 'look')).toBe('served\n1\n');
    expect(after.status?.phase).toBe('Running');
    expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
    const started = await namespace.waitForEvent('target', 'Started', /Container started/);
    expect(started.involvedObject.fieldPath).toMatch(/^spec\.(ephemeralContainers\{look\}|containers\{main\})$/);
  });

  test('by kubectl debug -i: what is typed reaches the debugger, and exec does, too', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    await namespace.apply(pod(site.nodeName, 'typed', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('typed', 'Running');
    const args = ['-n', namespace.name, 'debug', 'typed', '-i', '--image=busybox:1.36', '-c', 'shell', '--', 'sh'];
    const debugging = kubectl({ controlPlane }, args, {
      // It stays until exec has met it, and its input stays open: it has to be told to go.
      input: 'echo "got $((40 + 2))"\nuntil test -e /tmp/met; do sleep 0.2; done\nexit\n',
      timeoutMs: 60_000,
    });
    await namespace.waitForPod(
      'typed',
      'debugged',
      ({ status }) => status?.ephemeralContainerStatuses?.[0]?.state?.running != null,
    );
    const inside = ['sh', '-c', 'touch /tmp/met; echo inside'];
    expect(await namespace.run('exec', 'typed', '-c', 'shell', '--', ...inside)).toBe('inside\n');
    expect(await debugging).toMatchObject({ stdout: expect.stringContaining('got 42') });
  });

  test('by kubectl set image: the container is replaced, in the same pod', async ({ site, namespace }) => {
    // What it says first is said when it hears TERM already.
    const script = `trap "exit 0" TERM; echo "$COLOUR"; ${untilTerm}`;
    const container = shell('main', script, { env: [{ name: 'COLOUR', value: 'green' }] });
    await namespace.apply(pod(site.nodeName, 'image', { containers: [container], restartPolicy: 'Always' }));
    const before = await namespace.waitForPhase('image', 'Running');
    await waitFor('it to heed TERM', async () => (await namespace.run('logs', 'image')) === 'green\n');
    await namespace.run('set', 'image', 'pod/image', 'main=busybox:latest');
    const after = await namespace.waitForPod('image', 'running with the other image', ({ status }) => {
      const main = status?.containerStatuses?.[0];
      return main?.restartCount === 1 && main.state?.running != null && main.image === 'busybox:latest';
    });
    expect(after.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(0);
    expect(after.status?.podIP).toBe(before.status?.podIP);
    expect(after.status?.observedGeneration).toBe(after.metadata?.generation);
    await waitFor('the new container to print', async () => (await namespace.run('logs', 'image')) === 'green\n');
  });

  test('by kubectl patch --subresource resize: limits change in place', async ({ site, namespace }) => {
    const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } };
    await namespace.apply(pod(site.nodeName, 'resize', { containers: [shell('main', untilTerm, { resources })] }));
    const before = await namespace.waitForPhase('resize', 'Running');
    expect(before.status?.containerStatuses?.[0]).toMatchObject({ resources, allocatedResources: resources.requests });
    const patch = async (bigger: typeof resources) => {
      const body = JSON.stringify({ spec: { containers: [{ name: 'main', resources: bigger }] } });
      await namespace.run('patch', 'pod', 'resize', '--subresource', 'resize', '--patch', body);
    };
    const bigger = { requests: { cpu: '200m', memory: '128Mi' }, limits: { cpu: '500m', memory: '128Mi' } };
    await patch(bigger);
    const after = await namespace.waitForPod('resize', 'resized', ({ status }) => {
      const shown = status?.containerStatuses?.[0]?.resources;
      return shown?.limits?.memory === '128Mi' && shown.limits.cpu === '500m';
    });
    expect(after.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, resources: bigger });
    // Docker 20.10 of the testbed has cgroup v1; the file shows what the kernel enforces.
    const limit = 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max';
    expect(await namespace.run('exec', 'resize', '--', 'sh', '-c', limit)).toBe(`${128 * 1024 * 1024}\n`);
  });

  test('by its deadline: it is ended, shown as failed, and stays with its log', async ({ site, namespace, engine }) => {
    const spec = { containers: [shell('main', `echo begun; ${untilTerm}`)], activeDeadlineSeconds: 20 * PATIENCE };
    await namespace.apply(pod(site.nodeName, 'deadline', spec));
    const { metadata } = await namespace.waitForPhase('deadline', 'Running');
    const { status } = await namespace.waitForPhase('deadline', 'Failed', { timeoutMs: 60_000 });
    expect(status).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
      containerStatuses: [{ ready: false, state: { terminated: {} } }],
    });
    await namespace.waitForEvent('deadline', 'DeadlineExceeded', /longer than the specified deadline/);
    expect(await namespace.run('logs', 'deadline')).toBe('begun\n');
    const uid = metadata?.uid ?? '';
    expect((await engine.declaredContainersOf(uid)).map(({ State }) => State)).toEqual(['exited']);
    await namespace.run('delete', 'pod', 'deadline', '--timeout=60s');
    await waitFor('nothing to be left at the engine', async () => (await engine.containersOf(uid)).length === 0);
  });

  test('by an eviction: it ends within its grace period and goes', async ({
    site,
    namespace,
    controlPlane,
    engine,
  }) => {
    await namespace.apply(pod(site.nodeName, 'evicted', { containers: [shell('main', untilTerm)] }));
    const { metadata } = await namespace.waitForPhase('evicted', 'Running');
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'evicted', namespace: namespace.name },
    };
    const path = `/api/v1/namespaces/${namespace.name}/pods/evicted/eviction`;
    const { exitCode, stderr } = await kubectl({ controlPlane }, ['create', '--raw', path, '-f', '-'], {
      input: JSON.stringify(eviction),
      timeoutMs: 60_000,
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    await namespace.waitUntilGone('evicted');
    await waitFor(
      'nothing to be left at the engine',
      async () => (await engine.containersOf(metadata?.uid ?? '')).length === 0,
    );
  });
});
