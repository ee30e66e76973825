import type { ConfigMap, Secret } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('missing');
/** What must happen by itself once the missing thing is there; a retry every minute would be too late. */
const soon = { timeoutMs: 15_000 };

describe.skipIf(cannotRun)(
  'a pod that lacks something waits, says why, and runs when it is there',
  { concurrent: true },
  () => {
    test('an image', async ({ site, namespace, engine }) => {
      const image = 'localhost/e2e-missing:1';
      const containers = [{ ...shell('main', 'echo at last'), image, imagePullPolicy: 'IfNotPresent' }];
      await namespace.apply(pod(site.nodeName, 'imageless', { containers }));

      // The engine's own words: it asked the registry of that name, which is not there.
      const refused = /connection refused/;
      expect(await namespace.waitForWaiting('imageless', 'main', /^(RegistryUnavailable|ImagePullBackOff)$/)).toMatch(
        refused,
      );
      await namespace.waitForEvent('imageless', 'Failed', refused);
      await namespace.waitForEvent('imageless', 'Failed', /^Error: RegistryUnavailable$/);
      expect(await namespace.waitForWaiting('imageless', 'main', /^ImagePullBackOff$/)).toContain(image);
      expect((await namespace.findPod('imageless'))?.status?.phase).toBe('Pending');

      await engine.tag('busybox:1.36', 'localhost/e2e-missing', '1');
      await namespace.waitForPhase('imageless', 'Succeeded', { timeoutMs: 60_000 });
      expect(await namespace.run('logs', 'imageless')).toBe('at last\n');
    });

    test('an image whose name is no name', async ({ site, namespace }) => {
      const containers = [{ ...shell('main', 'true'), image: 'No Such://name' }];
      await namespace.apply(pod(site.nodeName, 'misnamed', { containers }));
      expect(await namespace.waitForWaiting('misnamed', 'main', /^InvalidImageName$/)).toContain('No Such://name');
    });

    test('a ConfigMap for its environment', async ({ site, namespace }) => {
      const env = [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'late', key: 'greeting' } } }];
      await namespace.apply(
        pod(site.nodeName, 'unconfigured', { containers: [shell('main', 'echo $GREETING', { env })] }),
      );

      const message = await namespace.waitForWaiting('unconfigured', 'main', /^CreateContainerConfigError$/);
      expect(message).toBe('configmap "late" not found');
      await namespace.waitForEvent('unconfigured', 'Failed', /^Error: configmap "late" not found$/);

      const late: ConfigMap = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'late' },
        data: { greeting: 'hi' },
      };
      await namespace.apply(late);
      await namespace.waitForPhase('unconfigured', 'Succeeded', soon);
      expect(await namespace.run('logs', 'unconfigured')).toBe('hi\n');
    });

    test('a key of a Secret', async ({ site, namespace }) => {
      const secret = (stringData: Record<string, string>): Secret => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'partial' },
        stringData,
      });
      const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'partial', key: 'token' } } }];
      await namespace.apply(
        secret({ other: 'x' }),
        pod(site.nodeName, 'keyless', { containers: [shell('main', 'echo $TOKEN', { env })] }),
      );

      const wanted = `couldn't find key token in Secret ${namespace.name}/partial`;
      expect(await namespace.waitForWaiting('keyless', 'main', /^CreateContainerConfigError$/)).toBe(wanted);
      await namespace.waitForEvent('keyless', 'Failed', /couldn't find key token/);

      await namespace.apply(secret({ other: 'x', token: 'there' }));
      await namespace.waitForPhase('keyless', 'Succeeded', soon);
      expect(await namespace.run('logs', 'keyless')).toBe('there\n');
    });

    test('a Secret for a volume', async ({ site, namespace }) => {
      const mount = { name: 'files', mountPath: '/files' };
      await namespace.apply(
        pod(site.nodeName, 'unmounted', {
          volumes: [{ name: 'files', secret: { secretName: 'late' } }],
          containers: [shell('main', 'cat /files/note', { volumeMounts: [mount] })],
        }),
      );

      await namespace.waitForEvent('unmounted', 'FailedMount', /volume "files" : secret "late" not found/);
      await namespace.waitForWaiting('unmounted', 'main', /^ContainerCreating$/);

      const late: Secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'late' },
        stringData: { note: 'mounted' },
      };
      await namespace.apply(late);
      await namespace.waitForPhase('unmounted', 'Succeeded', soon);
      expect(await namespace.run('logs', 'unmounted')).toBe('mounted');
    });
  },
);
