import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { isReady, statusOf } from './drivers/containers.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('container-ends');
const patient = { timeoutMs: 90_000 };
const volumes = [{ name: 'notes', emptyDir: {} }];
const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
/** Fails the first time it runs in its pod. */
const failsOnce = 'test -e /notes/again || { touch /notes/again; echo fails; exit 4; }';

describe.skipIf(cannotRun)('a container', { concurrent: true }, () => {
  test('that takes more memory than it may is OOMKilled', async ({ site, namespace }) => {
    const resources = { limits: { memory: '16Mi' } };
    await namespace.apply(
      pod(site.nodeName, 'greedy', { containers: [shell('main', 'exec tail /dev/zero', { resources })] }),
    );
    const failed = await namespace.waitForPhase('greedy', 'Failed', patient);
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(await namespace.run('get', 'pod', 'greedy')).toMatch(/greedy +0\/1 +OOMKilled +0 /);
  });

  test('that crashes again and again waits in CrashLoopBackOff; its last attempt and its log stay', async ({
    site,
    namespace,
  }) => {
    const script = 'echo run >> /notes/runs; echo "run $(wc -l < /notes/runs)"; exit 3';
    const containers = [shell('main', script, { volumeMounts })];
    await namespace.apply(pod(site.nodeName, 'crashing', { volumes, containers, restartPolicy: 'Always' }));
    const isBackingOff = (found: Pod) => statusOf(found, 'main')?.state?.waiting?.reason === 'CrashLoopBackOff';
    const backOff = await namespace.waitForPod('crashing', 'in back-off', isBackingOff, patient);
    const message = statusOf(backOff, 'main')?.state?.waiting?.message;
    const { uid } = backOff.metadata ?? {};
    expect(message).toBe(`back-off 10s restarting failed container=main pod=crashing_${namespace.name}(${uid})`);
    expect(backOff.status?.phase).toBe('Running');
    expect(statusOf(backOff, 'main')).toMatchObject({
      ...{ restartCount: 1, ready: false, started: false },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    // The next attempt may begin between the two looks.
    await waitFor('the log of the attempt that is shown', async () => {
      const { restartCount = 0 } = statusOf(await namespace.pod('crashing'), 'main') ?? {};
      return (await namespace.run('logs', 'crashing')) === `run ${restartCount + 1}\n`;
    });
    await namespace.waitForEvent('crashing', 'BackOff', /^Back-off restarting failed container main in pod crashing_/);
    const longer = await namespace.waitForPod(
      'crashing',
      'waiting again, for longer',
      (found) => /^back-off 20s /.test(statusOf(found, 'main')?.state?.waiting?.message ?? ''),
      patient,
    );
    expect(statusOf(longer, 'main')?.restartCount).toBe(2);
    expect(await namespace.run('logs', 'crashing', '--previous')).toMatch(/^run [23]\n$/);
    await namespace.run('delete', 'pod', 'crashing', '--timeout=50s');
  });

  test('has its last words in its status: of a file, or of its log', async ({ site, namespace }) => {
    const containers = [
      shell('file', 'echo log; printf word > /dev/termination-log'),
      shell('own-file', 'printf own > /tmp/word; exit 1', { terminationMessagePath: '/tmp/word' }),
      shell('log', 'echo last log line; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
      shell('good', 'echo no error', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
    ];
    await namespace.apply(pod(site.nodeName, 'words', { containers }));
    const failed = await namespace.waitForPhase('words', 'Failed', patient);
    const messages = containers.map(({ name }) => statusOf(failed, name)?.state?.terminated?.message);
    expect(messages).toEqual(['word', 'own', 'last log line\n', undefined]);
  });

  test('is run again or not as its pod’s restart policy says', async ({ site, namespace }) => {
    const policies = { never: 'Never', 'on-failure': 'OnFailure', always: 'Always' } as const;
    await namespace.apply(
      ...Object.entries(policies).map(([name, restartPolicy]) =>
        pod(site.nodeName, name, {
          restartPolicy,
          volumes,
          containers: [
            shell('fails', failsOnce, { volumeMounts }),
            shell('works', name === 'always' ? untilTerm : 'true'),
          ],
        }),
      ),
    );
    const never = await namespace.waitForPhase('never', 'Failed', patient);
    expect(statusOf(never, 'fails')).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 4 } } });
    const onFailure = await namespace.waitForPhase('on-failure', 'Succeeded', patient);
    expect(statusOf(onFailure, 'fails')).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 0 } } });
    expect(statusOf(onFailure, 'works')).toMatchObject({ restartCount: 0 });
    // The end that was good is followed by another attempt, too.
    const always = await namespace.waitForPod(
      'always',
      'restarted after each end, and waiting',
      (found) => (statusOf(found, 'fails')?.restartCount ?? 0) >= 2 && statusOf(found, 'fails')?.state?.waiting != null,
      patient,
    );
    expect(statusOf(always, 'works')).toMatchObject({ restartCount: 0, ready: true });
    expect(isReady(always)).toBe(false);
  });

  test('of the kind init is begun again until it works, and only then the others', async ({ site, namespace }) => {
    await namespace.apply(
      pod(site.nodeName, 'patient', {
        restartPolicy: 'OnFailure',
        volumes,
        initContainers: [shell('init', failsOnce, { volumeMounts })],
        containers: [shell('main', 'cat /notes/again; echo main', { volumeMounts })],
      }),
    );
    const ended = await namespace.waitForPhase('patient', 'Succeeded', patient);
    expect(statusOf(ended, 'init')).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 0 } } });
    expect(await namespace.run('logs', 'patient', '-c', 'main')).toBe('main\n');
    expect(await namespace.run('logs', 'patient', '-c', 'init', '--previous')).toBe('fails\n');
  });

  test('that can’t be started says why, and its pod ends', async ({ site, namespace }) => {
    const containers = [{ name: 'main', image: 'busybox:1.36', command: ['/no/such/program'] }];
    await namespace.apply(pod(site.nodeName, 'unstartable', { containers }));
    const failed = await namespace.waitForPhase('unstartable', 'Failed', patient);
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject({
      ...{ exitCode: 128, reason: 'StartError' },
      message: expect.stringContaining('/no/such/program'),
    });
  });

  test('that has crashed when its pod’s time is up fails the pod by its deadline', async ({ site, namespace }) => {
    await namespace.apply(
      pod(site.nodeName, 'overdue', {
        ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30 },
        containers: [shell('crashes', 'exit 3'), shell('stays', `trap "exit 0" TERM; echo heeds TERM; ${untilTerm}`)],
      }),
    );
    await waitFor(
      'container stays to heed TERM',
      async () => (await namespace.run('logs', 'overdue', '-c', 'stays')) === 'heeds TERM\n',
      patient,
    );
    await namespace.waitForWaiting('overdue', 'crashes', /^CrashLoopBackOff$/, patient);
    // Only now: on a machine with much to do, no deadline from the start is late enough for what is looked at here.
    await namespace.run('patch', 'pod', 'overdue', '-p', '{"spec":{"activeDeadlineSeconds":1}}');
    const failed = await namespace.waitForPhase('overdue', 'Failed', patient);
    expect(failed.status).toMatchObject({ reason: 'DeadlineExceeded' });
    const states = ['crashes', 'stays'].map((name) => statusOf(failed, name)?.state?.terminated?.exitCode);
    expect(states).toEqual([3, 0]);
  });
});
