import { describe, expect } from 'vitest';
import { isReady, statusOf } from './drivers/containers.ts';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('pod-life');

const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
const volumes = [{ name: 'notes', emptyDir: {} }];
const exec = (script: string) => ({ exec: { command: ['/bin/sh', '-c', script] } });
/** Of a probe that is never too slow, however busy the machine is. */
const everySecond = { periodSeconds: 1, timeoutSeconds: 30 };
/** Stays until TERM, and then does this. */
const stay = (atTerm: string) => `trap '${atTerm}; exit 0' TERM; while true; do sleep 0.2; done`;

describe.skipIf(cannotRun)('init and sidecar containers, probes and hooks', { concurrent: true }, () => {
  test('come in the order that Kubernetes documents, from the first to the last moment', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const note = (word: string) => `echo ${word} >> /notes/list`;
    const helper = shell(
      'helper',
      `${note('helper')}; sleep 1; ${note('helper-up')}; touch /notes/up; ${stay(`${note('helper-term')}; cat /notes/list`)}`,
      { volumeMounts, restartPolicy: 'Always', startupProbe: { ...exec('test -e /notes/up'), ...everySecond } },
    );
    const main = shell('main', stay(note('main-term')), {
      volumeMounts,
      lifecycle: { postStart: exec(note('post-start')), preStop: exec(`sleep 1; ${note('pre-stop')}`) },
      readinessProbe: { ...exec('test -e /notes/ready'), ...everySecond, failureThreshold: 1 },
    });
    await namespace.apply(
      pod(site.nodeName, 'whole', {
        volumes,
        terminationGracePeriodSeconds: 30,
        initContainers: [
          shell('first', note('first'), { volumeMounts }),
          helper,
          shell('second', note('second'), { volumeMounts }),
        ],
        containers: [main],
      }),
    );
    const unready = await namespace.waitForPhase('whole', 'Running', { timeoutMs: 90_000 });
    expect(isReady(unready)).toBe(false);
    expect(statusOf(unready, 'main')).toMatchObject({ ready: false, started: true });
    expect(statusOf(unready, 'helper')).toMatchObject({ ready: true, started: true, state: { running: {} } });
    await namespace.waitForEvent('whole', 'Unhealthy', /^Readiness probe failed: /);

    await namespace.run('exec', 'whole', '-c', 'main', '--', 'touch', '/notes/ready');
    await namespace.waitForPod('whole', 'ready', isReady);
    expect(await namespace.run('get', 'pod', 'whole')).toMatch(/whole +2\/2 +Running +0 /);
    await namespace.run('exec', 'whole', '-c', 'main', '--', 'rm', '/notes/ready');
    await namespace.waitForPod('whole', 'unready again', (found) => !isReady(found));

    const lastWords = startKubectl(controlPlane, namespace, 'logs', '-f', 'whole', '-c', 'helper');
    await namespace.run('delete', 'pod', 'whole', '--timeout=60s');
    expect((await lastWords.end()).stdout.trim().split('\n')).toEqual([
      'first',
      'helper',
      'helper-up',
      'second',
      'post-start',
      'pre-stop',
      'main-term',
      'helper-term',
    ]);
  });

  test('leave a pod whose work is done Succeeded: its sidecar ends by TERM and counts for nothing', async ({
    site,
    namespace,
  }) => {
    await namespace.apply(
      pod(site.nodeName, 'served', {
        terminationGracePeriodSeconds: 30,
        initContainers: [shell('helper', stay('echo helper ends; exit 9'), { restartPolicy: 'Always' })],
        containers: [shell('main', 'echo works')],
      }),
    );
    const ended = await namespace.waitForPod(
      'served',
      'done, its sidecar too',
      (found) => found.status?.phase === 'Succeeded' && statusOf(found, 'helper')?.state?.terminated != null,
      { timeoutMs: 90_000 },
    );
    expect(statusOf(ended, 'helper')).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 9 } } });
    expect(await namespace.run('logs', 'served', '-c', 'helper')).toBe('helper ends\n');
  });

  test('restart a container whose liveness probe fails', async ({ site, namespace }) => {
    const livenessProbe = { ...exec('test ! -e /tmp/sick'), ...everySecond, failureThreshold: 1 };
    const containers = [shell('main', untilTerm, { livenessProbe })];
    await namespace.apply(pod(site.nodeName, 'alive', { containers, restartPolicy: 'Always' }));
    await namespace.waitForPod('alive', 'ready', isReady, { timeoutMs: 90_000 });
    await namespace.run('exec', 'alive', '--', 'touch', '/tmp/sick');
    const restarted = await namespace.waitForPod(
      'alive',
      'restarted',
      (found) => statusOf(found, 'main')?.restartCount === 1 && isReady(found),
      { timeoutMs: 60_000 },
    );
    expect(statusOf(restarted, 'main')).toMatchObject({
      lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
    });
    await namespace.waitForEvent('alive', 'Unhealthy', /^Liveness probe failed: /);
    await namespace.waitForEvent('alive', 'Killing', /^Container main failed liveness probe, will be restarted$/);
  });

  test('end a container that never comes up by its startup probe, for good where nothing is restarted', async ({
    site,
    namespace,
  }) => {
    const startupProbe = { ...exec('echo not yet; false'), ...everySecond, failureThreshold: 2 };
    const livenessProbe = { ...exec('touch /tmp/probed; false'), ...everySecond, failureThreshold: 1 };
    const script = stay('test -e /tmp/probed && echo probed too early; exit 5');
    const containers = [shell('main', script, { startupProbe, livenessProbe })];
    await namespace.apply(pod(site.nodeName, 'slow', { containers }));
    const failed = await namespace.waitForPhase('slow', 'Failed', { timeoutMs: 90_000 });
    expect(statusOf(failed, 'main')).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 5 } } });
    expect(await namespace.run('logs', 'slow')).toBe('');
    await namespace.waitForEvent('slow', 'Unhealthy', /^Startup probe failed: not yet/);
    await namespace.waitForEvent('slow', 'Killing', /^Container main failed startup probe$/);
  });

  test('restart a container by its own rules in a pod that never restarts', async ({ site, namespace }) => {
    const main = shell('main', 'test -e /notes/again && exit 0; touch /notes/again; exit 42', {
      volumeMounts,
      restartPolicy: 'Never',
      restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
    });
    await namespace.apply(pod(site.nodeName, 'ruled', { volumes, containers: [main] }));
    const ended = await namespace.waitForPhase('ruled', 'Succeeded', { timeoutMs: 90_000 });
    expect(statusOf(ended, 'main')).toMatchObject({
      restartCount: 1,
      state: { terminated: { exitCode: 0 } },
      lastState: { terminated: { exitCode: 42 } },
    });
  });

  test('restart a container whose postStart hook fails', async ({ site, namespace }) => {
    const hook = exec('test -e /notes/again || { touch /notes/again; echo no; exit 3; }');
    const main = shell('main', untilTerm, { volumeMounts, lifecycle: { postStart: hook } });
    await namespace.apply(pod(site.nodeName, 'hooked', { volumes, containers: [main], restartPolicy: 'Always' }));
    await namespace.waitForPod(
      'hooked',
      'restarted',
      (found) => statusOf(found, 'main')?.restartCount === 1 && isReady(found),
      { timeoutMs: 90_000 },
    );
    await namespace.waitForEvent('hooked', 'FailedPostStartHook', /PostStartHook failed/);
  });
});
