import type { Container } from '@interlink/kube';
import { describe, expect, it } from 'vitest';
import { resolveContainerEnv } from './container-env.ts';
import { PodObjects } from './pod-objects.ts';
import { type ResolveNotice, Unresolvable } from './resolve-error.ts';
import { FakeObjects, NODE } from './testing/fake-objects.ts';
import { somePod } from './testing/pods.ts';

async function resolve(
  container: Partial<Container>,
  objects = new FakeObjects(),
  serviceEnv = new Map<string, string>(),
) {
  const pod = somePod(container);
  const notices: ResolveNotice[] = [];
  const view = new PodObjects(objects, 'ns', new AbortController().signal);
  const sources = { pod, container: { name: 'main', ...container }, node: NODE, objects: view, notices };
  const env = await resolveContainerEnv(sources.container, sources, serviceEnv);
  return { env: Object.fromEntries(env), order: [...env.keys()], notices };
}

async function failure(container: Partial<Container>, objects = new FakeObjects()): Promise<Unresolvable> {
  const err = await resolve(container, objects).catch((reason: unknown) => reason);
  if (!(err instanceof Unresolvable)) throw new Error('want an Unresolvable', { cause: err });
  return err;
}

describe('resolveContainerEnv()', () => {
  it('lets later sources and then env override, with prefixes', async () => {
    const objects = new FakeObjects()
      .addConfigMap('a', { X: 'a', Y: 'a', Z: 'a' }, { BINARY: 'AAEC' })
      .addSecret('b', { X: 'b', Y: 'b' });
    const envFrom = [
      { configMapRef: { name: 'a' } },
      { secretRef: { name: 'b' } },
      { prefix: 'P_', configMapRef: { name: 'a' } },
    ];
    const { env } = await resolve({ envFrom, env: [{ name: 'Y', value: 'env' }] }, objects);
    expect(env).toEqual({ X: 'b', Y: 'env', Z: 'a', P_X: 'a', P_Y: 'a', P_Z: 'a' });
    expect(objects.reads).toEqual(['configmaps/a', 'secrets/b']);
  });

  it('expands literal values against what is set so far, and nothing else', async () => {
    const objects = new FakeObjects().addConfigMap('a', { FROM: 'from', RAW: '$(FROM)' });
    const env = [
      { name: 'EARLY', value: '$(LATE)' },
      { name: 'LATE', value: '$(FROM)-$(LATE)' },
      { name: 'LATE', value: '$(LATE)!' },
      { name: 'KEY', valueFrom: { configMapKeyRef: { name: 'a', key: 'RAW' } } },
      { name: 'SERVICE', value: '$(DB_PORT)$$' },
      { name: 'NONE' },
    ];
    const services = new Map([
      ['DB_PORT', '1'],
      ['LATE', 'service'],
    ]);
    const resolved = await resolve({ envFrom: [{ configMapRef: { name: 'a' } }], env }, objects, services);
    expect(resolved.env).toEqual({
      FROM: 'from',
      RAW: '$(FROM)',
      EARLY: 'service',
      LATE: 'from-service!',
      KEY: '$(FROM)',
      SERVICE: '1$',
      NONE: '',
      DB_PORT: '1',
    });
  });

  it('omits what is optional and absent, and says so', async () => {
    const objects = new FakeObjects().addConfigMap('here', {}).addSecret('here', {});
    const optional = true;
    const { env, notices } = await resolve(
      {
        envFrom: [{ configMapRef: { name: 'none', optional } }, { secretRef: { name: 'none', optional } }],
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k', optional } } },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'here', key: 'constructor', optional } } },
          { name: 'C', valueFrom: { secretKeyRef: { name: 'none', key: 'k', optional } } },
          { name: 'D', valueFrom: { secretKeyRef: { name: 'here', key: 'k', optional } } },
        ],
      },
      objects,
    );
    expect(env).toEqual({});
    expect(notices.map(({ reason, message }) => [reason, message])).toEqual([
      ['OptionalConfigMapNotFound', 'configmap "none" not found'],
      ['OptionalSecretNotFound', 'secret "none" not found'],
      ['OptionalConfigMapNotFound', 'skipping optional envvar "A": configmap "none" not found'],
      [
        'OptionalConfigMapKeyNotFound',
        'skipping optional envvar "B": key "constructor" does not exist in configmap "here"',
      ],
      ['OptionalSecretNotFound', 'skipping optional envvar "C": secret "none" not found'],
      ['OptionalSecretKeyNotFound', 'skipping optional envvar "D": key "k" does not exist in secret "here"'],
    ]);
  });

  it.each([
    [{ envFrom: [{ configMapRef: { name: 'x' } }] }, 'configmap "x" not found', 'MandatoryConfigMapNotFound'],
    [{ envFrom: [{ secretRef: { name: 'x' } }] }, 'secret "x" not found', 'MandatorySecretNotFound'],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'x', key: 'k' } } }] },
      'secret "x" not found',
      'MandatorySecretNotFound',
    ],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'here', key: 'k' } } }] },
      "couldn't find key k in ConfigMap ns/here",
      'MandatoryConfigMapKeyNotFound',
    ],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'here', key: 'k' } } }] },
      "couldn't find key k in Secret ns/here",
      'MandatorySecretKeyNotFound',
    ],
    [
      { envFrom: [{ configMapRef: { name: 'closed' } }] },
      'failed to fetch configmap "closed": configmaps "closed" is forbidden: no',
      'FailedToReadMandatoryConfigMap',
    ],
    [
      { envFrom: [{ secretRef: { name: 'closed', optional: true } }] },
      'failed to fetch secret "closed": secrets "closed" is forbidden: no',
      'FailedToReadOptionalSecret',
    ],
    [
      { envFrom: [{ configMapRef: { name: 'closed', optional: true } }] },
      'failed to fetch configmap "closed": configmaps "closed" is forbidden: no',
      'FailedToReadOptionalConfigMap',
    ],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'closed', key: 'k' } } }] },
      'failed to fetch secret "closed": secrets "closed" is forbidden: no',
      'FailedToReadMandatorySecret',
    ],
  ])('%j fails with %j', async (container, message, reason) => {
    const objects = new FakeObjects().addConfigMap('here', {}).addSecret('here', {});
    objects.forbidden.add('closed');
    const err = await failure(container, objects);
    expect(err.message).toBe(message);
    expect(err.notices.map((notice) => notice.reason)).toEqual([reason]);
  });

  it('tells what to watch, and which version was found wanting', async () => {
    const objects = new FakeObjects().addSecret('here', {});
    const none = await failure({ envFrom: [{ configMapRef: { name: 'x' } }] }, objects);
    expect(none.missing).toEqual([{ kind: 'ConfigMap', namespace: 'ns', name: 'x' }]);
    const noKey = await failure(
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'here', key: 'k' } } }] },
      objects,
    );
    expect(noKey.missing).toEqual([{ kind: 'Secret', namespace: 'ns', name: 'here', seen: '7' }]);
  });

  it('skips keys of envFrom that cannot name a variable, with one notice for each object', async () => {
    const objects = new FakeObjects().addConfigMap('a', { ok: '1', 'z=': '2', é: '3', '1.x-y': '4' });
    const { env, notices } = await resolve({ envFrom: [{ configMapRef: { name: 'a' } }] }, objects);
    expect(env).toEqual({ ok: '1', '1.x-y': '4' });
    expect(notices).toEqual([
      {
        type: 'Warning',
        reason: 'InvalidEnvironmentVariableNames',
        message:
          'Keys [z=, é] from the EnvFrom configMap ns/a were skipped since they are considered invalid environment variable names.',
      },
    ]);
  });

  it.each([
    [[{ name: 'a=b', value: 'hidden' }], 'environment variable "a=b" has an invalid name'],
    [[{ name: 'A', value: 'hid\0den' }], 'environment variable "A": its value holds a NUL byte'],
    [
      [{ name: 'A', valueFrom: { secretKeyRef: { name: 'bytes', key: 'k' } } }],
      'key "k" of secret "bytes" is not UTF-8',
    ],
    [
      [{ name: 'A', valueFrom: { fileKeyRef: { key: 'k', path: 'p', volumeName: 'v' } } }],
      'environment variable "A": valueFrom fileKeyRef is not supported',
    ],
  ])('refuses %j without telling the value', async (env, message) => {
    const objects = new FakeObjects().addSecret('bytes', { k: new Uint8Array([0x68, 0x69, 0x64, 0xff]) });
    const err = await failure({ env }, objects);
    expect(err.message).toContain(message);
    expect(err.message).not.toContain('hid');
  });
});
