import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('deletion');

describe.skipIf(cannotRun)('deleting a pod', { concurrent: true }, () => {
  test('sends TERM, waits for the container, and leaves nothing', async ({ site, namespace, engine, controlPlane }) => {
    const script = 'trap "echo got TERM; sleep 2; echo done; exit 0" TERM; echo up; while true; do sleep 0.1; done';
    const containers = [shell('main', script)];
    await namespace.apply(pod(site.nodeName, 'graceful', { containers, terminationGracePeriodSeconds: 30 }));
    const { metadata } = await namespace.waitForPhase('graceful', 'Running');
    const uid = metadata?.uid ?? '';
    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'graceful');
    await log.waitFor('up\n');

    const startedAt = performance.now();
    await namespace.run('delete', 'pod', 'graceful', '--wait=false');
    await namespace.waitUntilGone('graceful');
    // Looked at after the object: whatever runs now has outlived it.
    const states = (await engine.declaredContainersOf(uid)).map(({ State }) => State);
    expect(states).not.toContain('running');
    expect(performance.now() - startedAt).toBeGreaterThan(2_000);
    expect((await log.end()).stdout).toBe('up\ngot TERM\ndone\n');
    await waitFor('nothing to be left at the engine', async () => (await engine.containersOf(uid)).length === 0);
  });

  test('kills what does not listen to TERM when its grace period is over', async ({ site, namespace, engine }) => {
    const containers = [shell('main', 'trap "" TERM; while true; do sleep 0.2; done')];
    await namespace.apply(pod(site.nodeName, 'deaf', { containers, terminationGracePeriodSeconds: 3 }));
    const { metadata } = await namespace.waitForPhase('deaf', 'Running');

    const startedAt = performance.now();
    await namespace.run('delete', 'pod', 'deaf');
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(20_000);
    await waitFor(
      'nothing to be left at the engine',
      async () => (await engine.containersOf(metadata?.uid ?? '')).length === 0,
    );
  });

  test('by --force --grace-period=0 takes the object at once and the container soon after', async ({
    site,
    namespace,
    engine,
  }) => {
    const containers = [shell('main', 'trap "" TERM; while true; do sleep 0.2; done')];
    await namespace.apply(pod(site.nodeName, 'forced', { containers, terminationGracePeriodSeconds: 300 }));
    const { metadata } = await namespace.waitForPhase('forced', 'Running');

    await namespace.run('delete', 'pod', 'forced', '--force', '--grace-period=0', '--wait=false');
    await namespace.waitUntilGone('forced', { timeoutMs: 5_000, isBound: true });
    await waitFor(
      'nothing to be left at the engine',
      async () => (await engine.containersOf(metadata?.uid ?? '')).length === 0,
      { timeoutMs: 20_000, isBound: true },
    );
  });

  test('shortened by a second, shorter delete', async ({ site, namespace }) => {
    const containers = [shell('main', 'trap "" TERM; while true; do sleep 0.2; done')];
    await namespace.apply(pod(site.nodeName, 'patient', { containers, terminationGracePeriodSeconds: 300 }));
    await namespace.waitForPhase('patient', 'Running');
    await namespace.run('delete', 'pod', 'patient', '--wait=false');
    await namespace.waitForEvent('patient', 'Killing', /Stopping container main/);
    expect(await namespace.findPod('patient')).toBeDefined();

    await namespace.run('delete', 'pod', 'patient', '--grace-period=1', '--wait=false');
    await namespace.waitUntilGone('patient', { timeoutMs: 20_000, isBound: true });
  });

  test('that has ended, and of one that never began, works as well', async ({ site, namespace, engine }) => {
    const imageless = { ...shell('main', 'true'), image: 'localhost/no-such-image:1', imagePullPolicy: 'Never' };
    await namespace.apply(
      pod(site.nodeName, 'ended', { containers: [shell('main', 'true')] }),
      pod(site.nodeName, 'unbegun', { containers: [imageless] }),
    );
    await namespace.waitForPhase('ended', 'Succeeded');
    await namespace.waitForWaiting('unbegun', 'main', /ErrImageNeverPull/);
    const uids = (await namespace.pods()).map(({ metadata }) => metadata?.uid ?? '');

    await namespace.run('delete', 'pod', 'ended', 'unbegun', '--timeout=20s');
    const left = async () => (await Promise.all(uids.map((uid) => engine.containersOf(uid)))).flat();
    await waitFor('nothing to be left at the engine', async () => (await left()).length === 0);
  });

  test('makes room for another of the same name', async ({ site, namespace, engine }) => {
    const manifest = pod(site.nodeName, 'again', { containers: [shell('main', untilTerm)] });
    await namespace.apply(manifest);
    const first = await namespace.waitForPhase('again', 'Running');
    await namespace.run('delete', 'pod', 'again');
    await namespace.apply(manifest);

    const second = await namespace.waitForPhase('again', 'Running');
    expect(second.metadata?.uid).not.toBe(first.metadata?.uid);
    const containers = await engine.containersOf(second.metadata?.uid ?? '');
    expect(containers.map(({ State }) => State)).toEqual(['running', 'running']);
  });
});
