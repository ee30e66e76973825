import type { ConfigMap, Secret } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('configuration');

/** What shells, YAML and JSON stumble over. */
const tricky = 'it\'s "quoted" $HOME `id` \\n\n\tsecond line: {{ ü }}\n';
const bytes = Buffer.from([0, 255, 254, 10, 13, 0, 128, 39, 34]);

const configMap: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { tricky, plain: 'from a ConfigMap' },
  binaryData: { 'some.bin': bytes.toString('base64') },
};
const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'credentials' },
  stringData: { password: tricky, user: 'from a Secret' },
};
/** Not text: good for files only. */
const key: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'key' },
  data: { 'raw.bin': bytes.toString('base64') },
};

describe.skipIf(cannotRun)('ConfigMaps and Secrets', { concurrent: true }, () => {
  test('are variables: one key, all keys with a prefix, missing ones that are optional', async ({
    site,
    namespace,
  }) => {
    const configMapKeyRef = { name: 'settings', key: 'tricky' };
    const absent = { name: 'absent', key: 'any', optional: true };
    const main = shell(
      'main',
      'printf %s "$TRICKY"; echo "|$ALL_user|$plain|$COMPOSED"; env | grep "^GONE=" || echo unset',
      {
        env: [
          { name: 'TRICKY', valueFrom: { configMapKeyRef } },
          { name: 'GONE', valueFrom: { secretKeyRef: absent } },
          { name: 'COMPOSED', value: '$(ALL_user)!' },
        ],
        envFrom: [
          { prefix: 'ALL_', secretRef: { name: 'credentials' } },
          { configMapRef: { name: 'settings' } },
          { configMapRef: { name: 'absent', optional: true } },
        ],
      },
    );
    await namespace.apply(configMap, secret, pod(site.nodeName, 'variables', { containers: [main] }));

    await namespace.waitForPhase('variables', 'Succeeded');
    const composed = 'from a Secret!';
    expect(await namespace.run('logs', 'variables')).toBe(
      `${tricky}|from a Secret|from a ConfigMap|${composed}\nunset\n`,
    );
  });

  test('and services are told of in the environment', async ({ site, namespace }) => {
    const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 8080 }] } };
    await namespace.apply(web);
    const main = shell('main', 'echo $WEB_PORT_8080_TCP_PROTO $WEB_SERVICE_PORT; test -n "$KUBERNETES_SERVICE_HOST"');
    await namespace.apply(pod(site.nodeName, 'linked', { containers: [main] }));

    await namespace.waitForPhase('linked', 'Succeeded');
    expect(await namespace.run('logs', 'linked')).toBe('tcp 8080\n');
  });

  test('are files: byte for byte, under chosen paths and with chosen modes', async ({ site, namespace }) => {
    const script = [
      'cat /settings/tricky; base64 /settings/some.bin; base64 /key/raw.bin',
      'cat /credentials/deep/in/password; ls /credentials',
      'stat -L -c %a /settings/plain /key/raw.bin /credentials/deep/in/password',
      'ls /optional | wc -l',
    ].join('\n');
    const items = [{ key: 'password', path: 'deep/in/password', mode: 0o400 }];
    await namespace.apply(
      configMap,
      secret,
      key,
      pod(site.nodeName, 'files', {
        volumes: [
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'credentials', secret: { secretName: 'credentials', items } },
          { name: 'key', secret: { secretName: 'key', defaultMode: 0o440 } },
          { name: 'optional', configMap: { name: 'absent', optional: true } },
        ],
        containers: [
          shell('main', script, {
            volumeMounts: ['settings', 'credentials', 'key', 'optional'].map((name) => ({
              name,
              mountPath: `/${name}`,
            })),
          }),
        ],
      }),
    );

    await namespace.waitForPhase('files', 'Succeeded');
    const encoded = `${bytes.toString('base64')}\n`;
    expect(await namespace.run('logs', 'files')).toBe(`${tricky}${encoded}${encoded}${tricky}deep\n644\n440\n400\n0\n`);
  });

  test('are not writable, and one key can be mounted alone', async ({ site, namespace }) => {
    const mount = { name: 'settings', mountPath: '/etc/one.conf', subPath: 'plain' };
    const script = 'cat /etc/one.conf; echo; (echo no > /etc/one.conf) 2>/dev/null || echo read-only';
    await namespace.apply(
      configMap,
      pod(site.nodeName, 'single', {
        volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
        containers: [shell('main', script, { volumeMounts: [mount] })],
      }),
    );

    await namespace.waitForPhase('single', 'Succeeded');
    expect(await namespace.run('logs', 'single')).toBe('from a ConfigMap\nread-only\n');
  });
});
