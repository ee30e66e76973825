import type { KubeObject } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { kubectl, waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { kubectlRun } from '../drivers/kubectl-run.ts';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { pod, shell } from '../drivers/pods.ts';
import { numbered, waitForAll } from '../drivers/running-pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

/** On the login host's own disk. */
const root = '/var/tmp/interlink-apart';
const test = slurmTest('apart', { config: { DataRootFolder: root, Slurm: { SharedFileSystem: false } } });
const patient = { timeoutMs: 120_000 };
const names = numbered('pod', 20);
const ofOtherTests = new Set(['apart', 'filter']);

const secret = (data: Record<string, string>): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: data }) as KubeObject;

describe.skipIf(cannotRun)('where compute nodes do not see DataRootFolder', () => {
  test('a pod has its secrets, Slurm does not; logs, exec, changes and the end are as anywhere', async ({
    site,
    namespace,
    slurm,
    controlPlane,
  }) => {
    await namespace.apply(secret({ password: 'open sesame' }));
    const script =
      'trap "echo ending; exit 3" TERM; cat /secret/password; echo ", $PASSWORD"; while :; do sleep 0.2; done';
    const main = shell('main', script, {
      volumeMounts: [{ name: 'secret', mountPath: '/secret', readOnly: true }],
      env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }],
    });
    await namespace.apply(
      pod(site.nodeName, 'apart', {
        containers: [main],
        volumes: [{ name: 'secret', secret: { secretName: 'login' } }],
        terminationGracePeriodSeconds: 20,
      }),
    );
    const running = await namespace.waitForPhase('apart', 'Running', patient);
    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'apart');
    await log.waitFor('open sesame, open sesame');
    const inside = async (text: string) => await namespace.run('exec', 'apart', '--', 'sh', '-c', text);
    expect(await inside('cat /secret/password')).toBe('open sesame');

    const job = await slurm.jobOf(running);
    const known = await slurm.run('alice', 'scontrol', 'show', 'job', job.id);
    const kept = await slurm.run('alice', 'scontrol', 'write', 'batch_script', job.id, '-');
    for (const text of [known, kept]) expect(text).not.toContain('sesame');
    const { BatchHost: host = '' } = Object.fromEntries(await slurm.show(job));
    const onNode = async (...argv: string[]) => await slurm.commands.run(host === 'c1' ? 'c1' : 'c2', 'alice', argv);
    expect(await onNode('ls', root)).toMatchObject({ exitCode: 2 });

    await namespace.apply(secret({ password: 'close sesame' }));
    await waitFor('the file to follow', async () => (await inside('cat /secret/password')) === 'close sesame', {
      timeoutMs: 120_000,
    });
    await namespace.run('delete', 'pod', 'apart');
    expect((await log.end()).stdout).toBe('open sesame, open sesame\nending\n');
    await slurm.waitUntilNothingIsLeft();
    await waitFor('the node to be as before', async () => {
      const { stdout } = await onNode('sh', '-c', `grep -ls ${running.metadata?.uid} /tmp/interlink-job-*`);
      return stdout === '';
    });
  });

  test('run -i: what is piped in comes out whole, and it ends by itself', async ({ site, namespace, controlPlane }) => {
    const input = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join('');
    const args = ['-n', namespace.name, ...kubectlRun(site.nodeName, 'filter', '-i', 'cat')];
    const run = await kubectl({ controlPlane }, args, { input, timeoutMs: 120_000 });
    expect(run).toMatchObject({ stdout: input, exitCode: 0 });
  });

  test(
    '20 pods run at once, each once and whole, though the sidecar is killed in the middle',
    async ({ site, namespace, slurm }) => {
      const script = 'i=0; while [ $i -lt 300 ]; do echo "line $i"; i=$((i + 1)); sleep 0.1; done; exit 0';
      const resources = { requests: { cpu: '100m', memory: '64Mi' } };
      await namespace.apply(
        ...names.map((name) => pod(site.nodeName, name, { containers: [shell('main', script, { resources })] })),
      );
      await waitFor(
        'half of them to run',
        async () => (await namespace.pods()).filter(({ status }) => status?.phase === 'Running').length >= 10,
        { timeoutMs: 120_000, intervalMs: 200 },
      );
      await site.sidecar.kill();
      await site.sidecar.start('listening');
      await waitForAll(namespace, names, 'Succeeded', { timeoutMs: 240_000, intervalMs: 1_000 });
      const expected = Array.from({ length: 300 }, (_, i) => `line ${i}\n`).join('');
      for (const name of names) expect(await namespace.run('logs', name)).toBe(expected);
      expect(
        (await slurm.jobs())
          .map(({ name }) => name)
          .filter((name) => !ofOtherTests.has(name))
          .sort(),
      ).toEqual(names.toSorted());
      await namespace.run('delete', 'pods', '--all', '--timeout=55s');
      await slurm.waitUntilNothingIsLeft();
      await slurm.run('alice', 'rm', '-rf', root);
    },
    420_000 * PATIENCE,
  );
});
