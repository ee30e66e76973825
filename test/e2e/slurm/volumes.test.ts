import type { KubeObject } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('volumes', { isUnix: true });
const patient = { timeoutMs: 120_000 };

const object = (kind: string, name: string, data: object): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name }, ...data }) as KubeObject;

describe.skipIf(cannotRun)('what a pod on Slurm is given', () => {
  test('is in its environment and its volumes, byte for byte, and leaves with it', async ({
    site,
    namespace,
    slurm,
  }) => {
    const odd = 'a "b" \'c\' $(id) `id` \\ é\nsecond line';
    await namespace.apply(
      object('ConfigMap', 'settings', { data: { 'app.conf': odd, level: 'debug' } }),
      object('Secret', 'login', { stringData: { password: 'open sesame $(id)' } }),
    );
    const volumeMounts = [
      { name: 'all', mountPath: '/all', readOnly: true },
      { name: 'secret', mountPath: '/secret', readOnly: true },
      { name: 'scratch', mountPath: '/scratch' },
      { name: 'memory', mountPath: '/memory' },
    ];
    const main = shell('main', untilTerm, {
      volumeMounts,
      env: [
        { name: 'ODD', value: odd },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'MAP_' }],
    });
    await namespace.apply(
      pod(site.nodeName, 'given', {
        containers: [main],
        volumes: [
          {
            name: 'all',
            projected: {
              sources: [
                { configMap: { name: 'settings' } },
                { downwardAPI: { items: [{ path: 'labels/uid', fieldRef: { fieldPath: 'metadata.uid' } }] } },
                { serviceAccountToken: { path: 'token', audience: 'tests', expirationSeconds: 3_600 } },
              ],
            },
          },
          { name: 'secret', secret: { secretName: 'login', defaultMode: 0o400 } },
          { name: 'scratch', emptyDir: {} },
          { name: 'memory', emptyDir: { medium: 'Memory' } },
        ],
      }),
    );
    const running = await namespace.waitForPhase('given', 'Running', patient);
    const inside = async (script: string) => await namespace.run('exec', 'given', '--', 'sh', '-c', script);
    expect(await inside('printf %s "$ODD"')).toBe(odd);
    expect(await inside('echo "$PASSWORD, $POD, $MAP_level"')).toBe('open sesame $(id), given, debug\n');
    expect(await inside('cat /all/app.conf')).toBe(odd);
    expect(await inside('cat /all/labels/uid')).toBe(running.metadata?.uid);
    expect(await inside('cut -d. -f2 /all/token | wc -c')).toMatch(/^\d{3,}\n$/);
    expect(await inside('cat /secret/password; stat -Lc %a /secret/password')).toBe('open sesame $(id)400\n');
    expect(await inside('echo x > /scratch/x && echo y > /memory/y && cat /scratch/x /memory/y')).toBe('x\ny\n');
    expect(await namespace.try('exec', 'given', '--', 'sh', '-c', 'echo x > /all/level')).toMatchObject({
      exitCode: 1,
    });
    // Of the account that submits the job nothing is there.
    expect(await inside('env | grep -c SLURM; env | grep -E "^(HOME|USER)="')).not.toMatch(/alice/);

    const job = await slurm.jobOf(running);
    const known = await slurm.run('alice', 'scontrol', 'show', 'job', job.id);
    const script = await slurm.run('alice', 'scontrol', 'write', 'batch_script', job.id, '-');
    for (const text of [known, script]) expect(text).not.toContain('sesame');

    await namespace.apply(object('ConfigMap', 'settings', { data: { 'app.conf': 'new', level: 'info' } }));
    await waitFor('the file to follow', async () => (await inside('cat /all/app.conf')) === 'new', {
      ...patient,
      intervalMs: 1_000,
    });
    await namespace.run('delete', 'pod', 'given');
    await slurm.waitUntilNothingIsLeft();
  });
});
