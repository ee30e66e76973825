import type { ConfigMap, PodSpec, Secret } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import type { Namespace } from './drivers/namespace.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('live');
// These have sites of their own, since they end parts of them.
const kubeletTest = siteTest('live-kubelet');
const sidecarTest = siteTest('live-sidecar');
/** A node of Kubernetes may take a minute or two. */
const soon = { timeoutMs: 20_000, intervalMs: 200 };

const settings = (data: Record<string, string>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data,
});
const credentials = (stringData: Record<string, string>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'credentials' },
  stringData,
});

const volumes: PodSpec['volumes'] = [
  { name: 'settings', configMap: { name: 'settings', defaultMode: 0o640 } },
  { name: 'credentials', secret: { secretName: 'credentials', optional: true, defaultMode: 0o400 } },
];
const volumeMounts = ['settings', 'credentials'].map((name) => ({ name, mountPath: `/${name}` }));

async function read(namespace: Namespace, podName: string, script: string): Promise<string> {
  return await namespace.run('exec', podName, '--', 'sh', '-c', script);
}

async function waitForOutput(namespace: Namespace, podName: string, script: string, wanted: string, options = soon) {
  await waitFor(
    `pod ${podName} to read ${JSON.stringify(wanted)} by: ${script}`,
    async () => {
      const seen = await read(namespace, podName, script);
      if (seen === wanted) return true;
      throw new Error(`it reads ${JSON.stringify(seen)}`);
    },
    options,
  );
}

describe.skipIf(cannotRun)('what changes while a pod runs', { concurrent: true }, () => {
  test('reaches the files of its ConfigMap and Secret, and neither its environment nor a subPath', async ({
    site,
    namespace,
  }) => {
    await namespace.apply(
      settings({ one: '1', two: '2' }),
      credentials({ password: 'old' }),
      pod(site.nodeName, 'reader', {
        volumes,
        containers: [
          shell('main', untilTerm, {
            env: [{ name: 'ONE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'one' } } }],
            volumeMounts: [...volumeMounts, { name: 'settings', mountPath: '/single', subPath: 'one' }],
          }),
        ],
      }),
    );
    await namespace.waitForPhase('reader', 'Running');
    const look = 'cd /settings; echo $(ls) $(cat one) $ONE $(cat /single) $(stat -L -c %a one)';
    expect(await read(namespace, 'reader', look)).toBe('one two 1 1 1 640\n');

    const patch = { data: { one: 'changed', two: null, three: '3' } };
    await namespace.run('patch', 'configmap', 'settings', '--type=merge', '-p', JSON.stringify(patch));
    await waitForOutput(namespace, 'reader', look, 'one three changed 1 1 640\n');

    await namespace.apply(credentials({ password: 'new' }));
    await waitForOutput(
      namespace,
      'reader',
      'cat /credentials/password; stat -L -c %a /credentials/password',
      'new400\n',
    );
  });

  test('is an optional Secret that appears, changes and goes', async ({ site, namespace }) => {
    await namespace.apply(
      settings({ one: '1' }),
      pod(site.nodeName, 'hopeful', { volumes, containers: [shell('main', untilTerm, { volumeMounts })] }),
    );
    await namespace.waitForPhase('hopeful', 'Running');
    const look = 'ls /credentials | wc -l';
    expect(await read(namespace, 'hopeful', look)).toBe('0\n');
    await namespace.apply(credentials({ password: 'at last' }));
    await waitForOutput(namespace, 'hopeful', 'cat /credentials/password', 'at last');
    await namespace.run('delete', 'secret', 'credentials');
    await waitForOutput(namespace, 'hopeful', look, '0\n');
  });

  test('leaves the files alone when a mandatory ConfigMap is deleted, and says so', async ({ site, namespace }) => {
    await namespace.apply(
      settings({ one: '1' }),
      pod(site.nodeName, 'bereft', { volumes, containers: [shell('main', untilTerm, { volumeMounts })] }),
    );
    await namespace.waitForPhase('bereft', 'Running');
    await namespace.run('delete', 'configmap', 'settings');
    await namespace.waitForEvent('bereft', 'FailedMount', /volume "settings" : configmap "settings" not found/);
    expect(await read(namespace, 'bereft', 'cat /settings/one')).toBe('1');
    await namespace.apply(settings({ one: 'back' }));
    await waitForOutput(namespace, 'bereft', 'cat /settings/one', 'back');
  });

  test('is its own labels and annotations', async ({ site, namespace }) => {
    const items = [
      { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
      { path: 'note', fieldRef: { fieldPath: "metadata.annotations['note']" } },
    ];
    const manifest = pod(site.nodeName, 'labelled', {
      volumes: [{ name: 'info', downwardAPI: { items } }],
      containers: [shell('main', untilTerm, { volumeMounts: [{ name: 'info', mountPath: '/info' }] })],
    });
    await namespace.apply({ ...manifest, metadata: { name: 'labelled', labels: { color: 'red' } } });
    await namespace.waitForPhase('labelled', 'Running');
    expect(await read(namespace, 'labelled', 'cat /info/labels')).toBe('color="red"');
    await namespace.run('label', 'pod', 'labelled', 'color=green', 'size=xl', '--overwrite');
    await namespace.run('annotate', 'pod', 'labelled', 'note=hello');
    await waitForOutput(namespace, 'labelled', 'cat /info/labels /info/note', 'color="green"\nsize="xl"hello');
  });

  kubeletTest(
    'while the virtual kubelet is away reaches the pod after its return, and so does a new token',
    async ({ site, namespace }) => {
      const token = { serviceAccountToken: { path: 'token', expirationSeconds: 600 } };
      await namespace.apply(
        settings({ one: '1' }),
        pod(site.nodeName, 'patient', {
          volumes: [...volumes, { name: 'token', projected: { sources: [token] } }],
          containers: [
            shell('main', untilTerm, { volumeMounts: [...volumeMounts, { name: 'token', mountPath: '/token' }] }),
          ],
        }),
      );
      await namespace.waitForPhase('patient', 'Running');
      const before = await read(namespace, 'patient', 'cat /token/token');

      await site.vk.kill();
      await namespace.apply(settings({ one: 'missed' }));
      await site.vk.start('backend within reach');
      await waitForOutput(namespace, 'patient', 'cat /settings/one', 'missed');
      // Renewed within a twentieth of its life, since nobody knows how old it is.
      const after = await waitFor(
        'another token',
        async () => {
          const seen = await read(namespace, 'patient', 'cat /token/token');
          return seen === before ? undefined : seen;
        },
        { timeoutMs: 60_000, intervalMs: 500 },
      );
      const issued = (text: string): number =>
        JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()).iat;
      expect(issued(after)).toBeGreaterThan(issued(before));
    },
  );

  sidecarTest('after the sidecar and InterLink were killed reaches the pod as before', async ({ site, namespace }) => {
    await namespace.apply(
      settings({ one: '1' }),
      pod(site.nodeName, 'steady', { volumes, containers: [shell('main', untilTerm, { volumeMounts })] }),
    );
    await namespace.waitForPhase('steady', 'Running');
    await Promise.all([site.sidecar.kill(), site.interlink.kill()]);
    await namespace.apply(settings({ one: 'missed' }));
    await Promise.all([site.sidecar.start('listening'), site.interlink.start('listening')]);
    await waitForOutput(namespace, 'steady', 'cat /settings/one', 'missed', { ...soon, timeoutMs: 60_000 });
    await namespace.apply(settings({ one: 'again' }));
    await waitForOutput(namespace, 'steady', 'cat /settings/one', 'again');
  });
});
