import { describe, expect } from 'vitest';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell } from './drivers/pods.ts';
import { inventoryOf } from './drivers/running-pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('shutdown');

describe.skipIf(cannotRun)('SIGTERM to the virtual kubelet', () => {
  test('ends logs and commands in order, keeps node and lease, and the next one restarts nothing', async ({
    site,
    namespace,
    engine,
    controlPlane,
  }) => {
    const ticks = shell('main', 'i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.2; done');
    await namespace.apply(pod(site.nodeName, 'ticking', { containers: [ticks] }));
    const running = await namespace.waitForPhase('ticking', 'Running');
    const node = new NodeView(site.nodeName, controlPlane);
    const ready = await node.waitForCondition('Ready', 'True');

    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'ticking');
    const long = startKubectl(controlPlane, namespace, 'exec', 'ticking', '--', 'sh', '-c', 'echo begun; sleep 600');
    const short = ['exec', 'ticking', '--', 'sh', '-c', 'echo begun; sleep 1; echo done'];
    const quick = startKubectl(controlPlane, namespace, ...short);
    await Promise.all([log.waitFor('tick 3\n'), long.waitFor('begun\n'), quick.waitFor('begun\n')]);

    const termedAt = performance.now();
    site.vk.signal('SIGTERM');
    expect(await site.vk.ended()).toBe(0);
    expect(performance.now() - termedAt).toBeLessThan(5_000);
    const [logEnd, longEnd, quickEnd] = await Promise.all([log.end(), long.end(), quick.end()]);
    expect(logEnd.exitCode).toBe(0);
    expect(logEnd.stdout).toMatch(/^(tick \d+\n)+$/);
    expect(longEnd).toEqual({ stdout: 'begun\n', exitCode: 1 });
    expect(quickEnd).toEqual({ stdout: 'begun\ndone\n', exitCode: 0 });

    expect(await node.condition('Ready')).toMatchObject({ status: 'True' });
    expect((await node.lease()).spec?.holderIdentity).toBe(site.nodeName);
    await site.vk.start('backend within reach');
    expect(await namespace.run('logs', '--tail=1', 'ticking')).toMatch(/^tick \d+\n$/);
    const after = await namespace.pod('ticking');
    expect(after.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0 });
    expect(inventoryOf([after])).toEqual(inventoryOf([running]));
    expect(await engine.inventory(site.nodeName)).toEqual(inventoryOf([running]));
    expect(await node.condition('Ready')).toMatchObject({
      status: 'True',
      lastTransitionTime: ready.lastTransitionTime,
    });
  });
});
