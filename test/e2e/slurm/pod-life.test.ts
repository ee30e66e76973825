import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { isReady, statusOf } from '../drivers/containers.ts';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('pod-life');
const patient = { timeoutMs: 120_000 };
const every = { periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 1 };

/** With annotations. */
function annotated(manifest: Pod, annotations: Record<string, string>): Pod {
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

describe.skipIf(cannotRun)('a pod on Slurm', { concurrent: true }, () => {
  test('goes through all its states, told by kubectl as they come', async ({
    site,
    namespace,
    slurm,
    controlPlane,
  }) => {
    const script = 'echo "I am $(id -u)"; until test -e /tmp/go; do sleep 0.2; done; echo done';
    await namespace.apply(
      pod(site.nodeName, 'life', { containers: [shell('main', script, { imagePullPolicy: 'Always' })] }),
    );
    const running = await namespace.waitForPhase('life', 'Running', patient);
    const job = await slurm.jobOf(running);
    expect(job).toMatchObject({ state: 'RUNNING', node: site.nodeName, partition: 'main', name: 'life' });
    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'life');
    await log.waitFor('I am 1500');
    await namespace.run('exec', 'life', '--', 'touch', '/tmp/go');
    const ended = await namespace.waitForPhase('life', 'Succeeded', patient);
    expect((await log.end()).stdout).toBe('I am 1500\ndone\n');
    expect(statusOf(ended, 'main')).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: 0, reason: 'Completed' } },
    });
    const described = await namespace.run('describe', 'pod', 'life');
    for (const reason of ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']) {
      expect(described).toMatch(new RegExp(` Normal +${reason} `));
    }
    expect(described).toContain(`JobID: ${job.id}`);
    await namespace.run('delete', 'pod', 'life');
    expect(await namespace.try('logs', 'life')).toMatchObject({ exitCode: 1 });
  });

  test('that fails shows its exit code, and what it left as its last words', async ({ site, namespace }) => {
    const script = 'echo out; echo "the disk is full" > /dev/termination-log; exit 42';
    const more = { terminationMessagePolicy: 'FallbackToLogsOnError' as const };
    await namespace.apply(
      pod(site.nodeName, 'fails', { containers: [shell('main', script), shell('logs', 'echo so long; exit 3', more)] }),
    );
    const failed = await namespace.waitForPhase('fails', 'Failed', patient);
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject({
      ...{ exitCode: 42, reason: 'Error', message: 'the disk is full\n' },
    });
    expect(statusOf(failed, 'logs')?.state?.terminated).toMatchObject({ exitCode: 3, message: 'so long\n' });
    expect(await namespace.run('get', 'pod', 'fails')).toMatch(/fails +0\/2 +Error +0 /);
  });

  test('that crashes is restarted in the same job, later each time, and its previous log is there', async ({
    site,
    namespace,
    slurm,
  }) => {
    const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
    const script = 'echo x >> /notes/runs; wc -l < /notes/runs; test $(wc -l < /notes/runs) -gt 2 && sleep 300; exit 7';
    await namespace.apply(
      pod(site.nodeName, 'crashes', {
        restartPolicy: 'Always',
        volumes: [{ name: 'notes', emptyDir: {} }],
        containers: [shell('main', script, { volumeMounts })],
      }),
    );
    const message = await namespace.waitForWaiting('crashes', 'main', /^CrashLoopBackOff$/, patient);
    expect(message).toMatch(/^back-off 10s restarting failed container=main pod=crashes_/);
    const third = await namespace.waitForPod(
      'crashes',
      'running for the third time',
      (found) => statusOf(found, 'main')?.restartCount === 2 && statusOf(found, 'main')?.state?.running != null,
      patient,
    );
    expect(statusOf(third, 'main')?.lastState?.terminated).toMatchObject({ exitCode: 7, reason: 'Error' });
    expect(await namespace.run('logs', 'crashes', '--previous')).toBe('2\n');
    await waitFor('the log', async () => (await namespace.run('logs', 'crashes')) === '3\n');
    expect((await slurm.jobOf(third)).state).toBe('RUNNING');
    await namespace.waitForEvent('crashes', 'BackOff', /^Back-off restarting failed container main in pod crashes_/);
  });

  test('ends at its own deadline, to the second', async ({ site, namespace }) => {
    await namespace.apply(
      pod(site.nodeName, 'late', { activeDeadlineSeconds: 4, containers: [shell('main', untilTerm)] }),
    );
    const failed = await namespace.waitForPhase('late', 'Failed', patient);
    expect(failed.status).toMatchObject({ reason: 'DeadlineExceeded', message: expect.stringMatching(/deadline/i) });
  });

  test('that takes more memory than it asked for is OOMKilled', async ({ site, namespace, cluster }) => {
    const resources = { limits: { memory: '64Mi' } };
    const script = 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); echo "$x" | wc -c';
    await namespace.apply(pod(site.nodeName, 'greedy', { containers: [shell('main', script, { resources })] }));
    const failed = await namespace.waitForPhase('greedy', 'Failed', patient);
    const reason = cluster.enforcesMemory ? 'OOMKilled' : 'Error';
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject({ exitCode: 137, reason });
  });

  test('that Slurm ends at its time limit is told so', async ({ site, namespace, slurm }) => {
    const manifest = pod(site.nodeName, 'limited', { containers: [shell('main', untilTerm)] });
    await namespace.apply(annotated(manifest, { 'slurm-job.vk.io/flags': '--partition=short --time=1' }));
    const running = await namespace.waitForPhase('limited', 'Running', patient);
    const shown = await slurm.show(await slurm.jobOf(running));
    expect([shown.get('Partition'), shown.get('TimeLimit')]).toEqual(['short', '00:01:00']);
    const { status } = await namespace.waitForPhase('limited', 'Failed', patient);
    const message = expect.stringMatching(/^Slurm ended the job at its time limit: /);
    expect(status).toMatchObject({ reason: 'DeadlineExceeded', message });
  });

  test('has its containers in order: init, sidecar once it is up, then the others, ready by their probes', async ({
    site,
    namespace,
  }) => {
    const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
    const note = (word: string) => `echo ${word} >> /notes/list`;
    const helper = shell('helper', `${note('helper')}; sleep 1; touch /tmp/up; ${untilTerm}`, {
      volumeMounts,
      restartPolicy: 'Always',
      startupProbe: { exec: { command: ['test', '-e', '/tmp/up'] }, ...every, failureThreshold: 60 },
    });
    const serves = 'mkdir /tmp/www; echo yes > /tmp/www/ready; exec httpd -f -p 18080 -h /tmp/www';
    const web = shell('web', `${note('web')}; ${serves}`, {
      volumeMounts,
      ports: [{ name: 'web', containerPort: 18_080 }],
      readinessProbe: { httpGet: { path: '/ready', port: 'web' }, ...every },
    });
    await namespace.apply(
      pod(site.nodeName, 'whole', {
        volumes: [{ name: 'notes', emptyDir: {} }],
        initContainers: [shell('first', note('first'), { volumeMounts }), helper],
        containers: [web, shell('beside', untilTerm)],
      }),
    );
    const ready = await namespace.waitForPod('whole', 'ready', isReady, patient);
    expect(await namespace.run('get', 'pod', 'whole')).toMatch(/whole +3\/3 +Running +0 /);
    expect(statusOf(ready, 'first')?.state?.terminated).toMatchObject({ exitCode: 0 });
    const inside = async (script: string) =>
      await namespace.run('exec', 'whole', '-c', 'web', '--', 'sh', '-c', script);
    expect(await inside('cat /notes/list')).toBe('first\nhelper\nweb\n');
    await inside('rm /tmp/www/ready');
    await namespace.waitForPod('whole', 'unready', (found) => statusOf(found, 'web')?.ready === false);
    await inside('echo yes > /tmp/www/ready');
    await namespace.waitForPod('whole', 'ready again', isReady);
    await namespace.waitForEvent(
      'whole',
      'Unhealthy',
      /^Readiness probe failed: HTTP probe failed with statuscode: 404$/,
    );
  });

  test('has one container restarted by its liveness probe, and no other', async ({ site, namespace }) => {
    const server = shell('server', 'nc -ll -p 18081 -e true & echo $! > /tmp/pid; exec sleep 98765', {
      startupProbe: { tcpSocket: { port: 18_081 }, ...every, failureThreshold: 60 },
      livenessProbe: { tcpSocket: { port: 18_081 }, ...every, failureThreshold: 2 },
    });
    const containers = [server, shell('beside', untilTerm)];
    await namespace.apply(pod(site.nodeName, 'alive', { restartPolicy: 'Always', containers }));
    await namespace.waitForPod('alive', 'ready', isReady, patient);
    const kill = 'until test -s /tmp/pid; do sleep 0.2; done; kill $(cat /tmp/pid)';
    await namespace.run('exec', 'alive', '-c', 'server', '--', 'sh', '-c', kill);
    const restarted = await namespace.waitForPod(
      'alive',
      'restarted in part',
      (found) => statusOf(found, 'server')?.restartCount === 1 && isReady(found),
      patient,
    );
    expect(statusOf(restarted, 'beside')?.restartCount).toBe(0);
    await namespace.waitForEvent('alive', 'Unhealthy', /^Liveness probe failed: dial tcp .*:18081: connect: /);
    await namespace.waitForEvent('alive', 'Killing', /^Container server failed liveness probe, will be restarted$/);
  });
});
