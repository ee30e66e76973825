import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { isReady, runsAgain, statusOf } from './drivers/containers.ts';
import { EngineView } from './drivers/engine.ts';
import { startOwnEngine } from './drivers/own-engine.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { waitForAll } from './drivers/running-pods.ts';
import { cannotRun, siteTest, startSite } from './drivers/site-test.ts';

const test = siteTest('engine-changes');
const patient = { timeoutMs: 90_000 };
const stays = { containers: [shell('main', untilTerm)] };
const always = { ...stays, restartPolicy: 'Always' };
const uidOf = ({ metadata }: Pod) => metadata?.uid ?? '';

describe.skipIf(cannotRun)('behind the sidecar’s back', { concurrent: true }, () => {
  test('docker rm -f of a container is its end, after which its pod’s policy decides', async ({
    site,
    namespace,
    engine,
  }) => {
    await namespace.apply(pod(site.nodeName, 'always', always), pod(site.nodeName, 'never', stays));
    for (const found of await waitForAll(namespace, ['always', 'never'], 'Running', patient)) {
      await engine.remove(await engine.declaredContainersOf(uidOf(found)));
    }
    // The engine kills before it removes: who looks in between sees how the container ended.
    const lost = { exitCode: 137, reason: expect.stringMatching(/^(Error|ContainerStatusUnknown)$/) };
    const again = await namespace.waitForPod('always', 'restarted', (found) => runsAgain(found, 'main', 1), patient);
    expect(statusOf(again, 'main')?.lastState?.terminated).toMatchObject(lost);
    const failed = await namespace.waitForPhase('never', 'Failed', patient);
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject(lost);
    await namespace.run('delete', 'pods', '--all', '--timeout=50s');
    await waitFor('nothing to be left', async () => (await engine.containersOf(uidOf(again))).length === 0);
  });

  test('docker kill of a sandbox: it is started again, and all that had been in it', async ({
    site,
    namespace,
    engine,
  }) => {
    await namespace.apply(pod(site.nodeName, 'moved', always));
    const before = await namespace.waitForPhase('moved', 'Running', patient);
    const all = await engine.containersOf(uidOf(before));
    for (const container of all) {
      if (container.Labels['interlink.eu/kind'] === 'sandbox') await engine.terminate(container);
    }
    const after = await namespace.waitForPod('moved', 'restarted', (found) => runsAgain(found, 'main', 1), patient);
    await namespace.waitForEvent(
      'moved',
      'SandboxChanged',
      /^Pod sandbox changed, it will be killed and re-created\.$/,
    );
    expect(after.status?.podIP).toMatch(/^10\./);
    expect(await namespace.run('exec', 'moved', '--', 'hostname', '-i')).toBe(`${after.status?.podIP}\n`);
  });

  test('docker rm -f of a sandbox fails its pod, and nothing of it runs on', async ({ site, namespace, engine }) => {
    await namespace.apply(pod(site.nodeName, 'bare', always));
    const before = await namespace.waitForPhase('bare', 'Running', patient);
    const all = await engine.containersOf(uidOf(before));
    await engine.remove(all.filter(({ Labels }) => Labels['interlink.eu/kind'] === 'sandbox'));
    const failed = await namespace.waitForPhase('bare', 'Failed', patient);
    expect(failed.status).toMatchObject({
      reason: 'SandboxLost',
      message: expect.stringContaining('removed from the engine'),
    });
    await namespace.waitForEvent('bare', 'SandboxLost', /removed from the engine/);
    const left = await engine.containersOf(uidOf(before));
    expect(left.filter(({ State }) => State === 'running')).toEqual([]);
    await namespace.run('delete', 'pod', 'bare', '--timeout=50s');
    await waitFor('nothing to be left', async () => (await engine.containersOf(uidOf(before))).length === 0);
  });

  test('a machine that goes down and comes back: pods that are to run do, others show how they ended', async ({
    namespace,
  }) => {
    await using docker = await startOwnEngine();
    const view = new EngineView(docker.data);
    const { site, end } = await startSite('e2e-engine-restarts', view, { docker: docker.data });
    try {
      await namespace.apply(
        pod(site.nodeName, 'always', { ...always, terminationGracePeriodSeconds: 1 }),
        pod(site.nodeName, 'never', { containers: [shell('main', untilTerm.replace('exit 0', 'exit 7'))] }),
        pod(site.nodeName, 'finished', { containers: [shell('main', 'echo done')] }),
      );
      const before = await namespace.waitForPod('always', 'ready', isReady, patient);
      await namespace.waitForPhase('never', 'Running', patient);
      await namespace.waitForPhase('finished', 'Succeeded', patient);

      await docker.restart();
      const again = await namespace.waitForPod(
        'always',
        'ready again',
        (found) => runsAgain(found, 'main', 1) && isReady(found),
        patient,
      );
      expect(uidOf(again)).toBe(uidOf(before));
      const failed = await namespace.waitForPhase('never', 'Failed', patient);
      expect(statusOf(failed, 'main')).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 7 } } });
      expect((await namespace.pod('finished')).status?.phase).toBe('Succeeded');
      expect(await namespace.run('logs', 'finished')).toBe('done\n');
      await namespace.apply(pod(site.nodeName, 'later', stays));
      await namespace.waitForPhase('later', 'Running', patient);
      await namespace.run('delete', 'pods', '--all', '--timeout=50s');
      await waitFor('nothing to be left', async () => (await view.ofNode(site.nodeName)).length === 0);
    } finally {
      await end();
    }
  });
});
