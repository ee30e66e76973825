import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { isReady, runsAgain, statusOf } from './drivers/containers.ts';
import type { Namespace } from './drivers/namespace.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('killed-sidecar');

const patient = { timeoutMs: 90_000 };
const volumes = [{ name: 'notes', emptyDir: {} }];
const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
/** Each attempt of a container leaves a line: one that nobody asked for would show. */
const noted = (name: string, script: string, more: Parameters<typeof shell>[2] = {}) =>
  shell(name, `echo ${name} >> /notes/runs; ${script}`, { volumeMounts, ...more });
const whenTold = 'until test -e /notes/go; do sleep 0.2; done';
const preStop = { exec: { command: ['sh', '-c', 'touch /notes/hook; sleep 4; echo hook >> /notes/runs'] } };

async function runsOf(namespace: Namespace, name: string, container: string): Promise<string[]> {
  // A container that runs may not have written yet.
  return await waitFor(`${container} of ${name} to note its run`, async () => {
    const lines = (await namespace.run('exec', name, '-c', container, '--', 'cat', '/notes/runs')).trim().split('\n');
    return lines.at(-1) === container && lines;
  });
}

describe.skipIf(cannotRun)('kill -9 of the Docker sidecar', () => {
  test('in every phase of a pod’s life: nothing is lost, doubled or forgotten', async ({ site, namespace, engine }) => {
    const apply = async (name: string, spec: Pod['spec']) =>
      await namespace.apply(pod(site.nodeName, name, { volumes, ...spec, containers: spec?.containers ?? [] }));
    const stays = noted('main', untilTerm, {
      readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1, timeoutSeconds: 30 },
      livenessProbe: {
        exec: { command: ['test', '!', '-e', '/notes/sick'] },
        periodSeconds: 1,
        timeoutSeconds: 30,
        failureThreshold: 1,
      },
    });
    await Promise.all([
      apply('initializing', { initContainers: [noted('init', whenTold)], containers: [noted('main', untilTerm)] }),
      apply('starting-up', {
        initContainers: [
          noted('helper', untilTerm, {
            restartPolicy: 'Always',
            startupProbe: {
              exec: { command: ['test', '-e', '/notes/go'] },
              periodSeconds: 1,
              timeoutSeconds: 30,
              failureThreshold: 999,
            },
          }),
        ],
        containers: [noted('main', untilTerm)],
      }),
      apply('steady', { restartPolicy: 'Always', containers: [stays] }),
      apply('crashing', { restartPolicy: 'Always', containers: [noted('main', 'wc -l < /notes/runs; exit 3')] }),
      apply('finished', { containers: [noted('main', 'echo done')] }),
      apply('ending', {
        initContainers: [noted('helper', untilTerm, { restartPolicy: 'Always' })],
        containers: [noted('main', 'trap "exit 7" TERM; while true; do sleep 0.2; done')],
      }),
      ...['in-hook', 'in-grace'].map((name) =>
        apply(name, {
          terminationGracePeriodSeconds: 20,
          containers: [
            noted('main', 'trap "sleep 4; exit 0" TERM; while true; do sleep 0.2; done', {
              ...(name === 'in-hook' ? { lifecycle: { preStop } } : {}),
            }),
          ],
        }),
      ),
    ]);
    const running = (name: string, container: string) =>
      namespace.waitForPod(name, `running ${container}`, (found) => runsAgain(found, container, 0), patient);
    await Promise.all([
      running('initializing', 'init'),
      running('starting-up', 'helper'),
      namespace.waitForPod('steady', 'ready', isReady, patient),
      namespace.waitForWaiting('crashing', 'main', /^CrashLoopBackOff$/, patient),
      namespace.waitForPhase('finished', 'Succeeded', patient),
      running('ending', 'main'),
      running('in-hook', 'main'),
      running('in-grace', 'main'),
    ]);
    const before = new Map((await namespace.pods()).map((found) => [found.metadata?.name, found]));
    const ending = before.get('ending');

    await namespace.run('delete', 'pods', 'in-hook', 'in-grace', '--wait=false');
    await waitFor('the hook to run', () =>
      namespace.run('exec', 'in-hook', '--', 'test', '-e', '/notes/hook').then(() => true),
    );
    await apply('creating', { containers: [noted('main', untilTerm)] });
    await waitFor(
      'the new pod at the engine',
      async () => {
        const all = await engine.ofNode(site.nodeName);
        return all.some(({ Labels }) => Labels['interlink.eu/pod-name'] === 'creating');
      },
      { intervalMs: 20 },
    );
    await site.sidecar.kill();
    const mainOf = (await engine.declaredContainersOf(ending?.metadata?.uid ?? '')).filter(
      ({ Labels }) => Labels['interlink.eu/container'] === 'main',
    );
    await Promise.all(mainOf.map((container) => engine.terminate(container)));
    await site.sidecar.start('listening');

    // Those that were on their way out go, each within what was left of its time.
    await Promise.all(['in-hook', 'in-grace'].map((name) => namespace.waitUntilGone(name, patient)));
    const failed = await namespace.waitForPod(
      'ending',
      'ended, its sidecar too',
      (found) => found.status?.phase === 'Failed' && statusOf(found, 'helper')?.state?.terminated != null,
      patient,
    );
    expect(statusOf(failed, 'main')?.state?.terminated?.exitCode).toBe(7);
    expect(await namespace.run('logs', 'finished')).toBe('done\n');

    // What had not come so far goes on from there.
    expect(statusOf(await namespace.pod('initializing'), 'main')?.state?.running).toBeUndefined();
    expect(statusOf(await namespace.pod('starting-up'), 'main')?.state?.running).toBeUndefined();
    await namespace.run('exec', 'initializing', '-c', 'init', '--', 'touch', '/notes/go');
    await namespace.run('exec', 'starting-up', '-c', 'helper', '--', 'touch', '/notes/go');
    await Promise.all(['initializing', 'starting-up', 'creating'].map((name) => running(name, 'main')));
    expect(await runsOf(namespace, 'initializing', 'main')).toEqual(['init', 'main']);
    expect(await runsOf(namespace, 'starting-up', 'main')).toEqual(['helper', 'main']);
    expect(await runsOf(namespace, 'creating', 'main')).toEqual(['main']);

    // What ran did not notice, and is looked after again.
    const steady = await namespace.pod('steady');
    expect([isReady(steady), statusOf(steady, 'main')?.containerID]).toEqual([
      true,
      statusOf(before.get('steady') ?? steady, 'main')?.containerID,
    ]);
    expect(await runsOf(namespace, 'steady', 'main')).toEqual(['main']);
    await namespace.run('exec', 'steady', '--', 'touch', '/notes/sick');
    await namespace.waitForEvent('steady', 'Killing', /^Container main failed liveness probe, will be restarted$/);

    // The back-off is counted on, and neither an attempt nor its number is given twice.
    await namespace.waitForPod(
      'crashing',
      'waiting for longer',
      (found) => /^back-off (20s|40s|1m20s|2m40s|5m0s) /.test(statusOf(found, 'main')?.state?.waiting?.message ?? ''),
      patient,
    );
    // An attempt, or a number, that was given twice would never come out equal; the next attempt may begin between the two looks.
    await waitFor('the log of the attempt that is shown', async () => {
      const { restartCount = 0 } = statusOf(await namespace.pod('crashing'), 'main') ?? {};
      return (await namespace.run('logs', 'crashing')) === `${restartCount + 1}\n`;
    });

    await namespace.run('delete', 'pods', '--all', '--timeout=50s');
    await waitFor('nothing to be left at the engine', async () => (await engine.ofNode(site.nodeName)).length === 0);
  });
});
