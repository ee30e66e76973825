import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('backend-down');

describe.skipIf(cannotRun)('a pod created while part of the way is down', () => {
  test.for(['interlink', 'sidecar'] as const)(
    '%s: says so, and runs when it is back',
    async (victim, { site, namespace }) => {
      await site[victim].kill();
      // Bound by hand: the scheduler would keep it off a node whose backend is out of reach.
      await namespace.apply(
        pod(site.nodeName, 'early', { nodeName: site.nodeName, containers: [shell('main', 'echo ran')] }),
      );

      const waitingOf = ({ status }: Pod) => status?.containerStatuses?.[0]?.state?.waiting;
      const told = await namespace.waitForPod('early', 'told what is down', (found) =>
        /out of reach: .*ECONNREFUSED/.test(waitingOf(found)?.message ?? ''),
      );
      expect(told.status?.phase).toBe('Pending');
      expect(waitingOf(told)?.reason).toBe('ContainerCreating');
      await namespace.waitForEvent('early', 'BackendUnreachable', /ECONNREFUSED/);

      await site[victim].start('listening');
      await namespace.waitForPhase('early', 'Succeeded');
      expect(await namespace.run('logs', 'early')).toBe('ran\n');
    },
  );

  test('a pod that was deleted meanwhile is gone when it is back', async ({ site, namespace, engine }) => {
    await namespace.apply(pod(site.nodeName, 'doomed', { containers: [shell('main', 'sleep 300')] }));
    const { metadata } = await namespace.waitForPhase('doomed', 'Running');
    await site.interlink.kill();
    await namespace.run('delete', 'pod', 'doomed', '--wait=false');
    // The container runs on: nobody could tell it to end, so the object must stay.
    expect(await engine.declaredContainersOf(metadata?.uid ?? '')).toMatchObject([{ State: 'running' }]);
    expect(await namespace.findPod('doomed')).toBeDefined();

    await site.interlink.start('listening');
    await namespace.waitUntilGone('doomed');
    const states = (await engine.declaredContainersOf(metadata?.uid ?? '')).map(({ State }) => State);
    expect(states).not.toContain('running');
  });
});
