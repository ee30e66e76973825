import type { Volume } from '@interlink/kube';
import { describe, expect, it } from 'vitest';
import { PodObjects } from './pod-objects.ts';
import { ResolveError } from './resolve-error.ts';
import { resolveVolumes } from './resolve-volumes.ts';
import { FakeObjects, NODE } from './testing/fake-objects.ts';
import { podWithVolumes } from './testing/pods.ts';

function someObjects(): FakeObjects {
  return new FakeObjects()
    .addConfigMap('cm', { text: 'hello', other: 'more' }, { bytes: 'AAEC' })
    .addSecret('sec', { password: 'hunter2' });
}

async function resolve(volumes: Volume[], objects = someObjects()) {
  const view = new PodObjects(objects, 'ns', new AbortController().signal);
  return resolveVolumes(volumes, { pod: podWithVolumes(...volumes), node: NODE, objects: view });
}

async function files(volume: Omit<Volume, 'name'>, objects?: FakeObjects) {
  const [draft] = await resolve([{ name: 'v', ...volume }], objects);
  return draft?.files.map((file) => [
    file.path,
    file.mode.toString(8),
    'token' in file ? file.token : Buffer.from(file.data, 'base64').toString('latin1'),
  ]);
}

async function failure(volumes: Volume[], objects?: FakeObjects): Promise<ResolveError> {
  const err = await resolve(volumes, objects).catch((reason: unknown) => reason);
  if (!(err instanceof ResolveError)) throw new Error('want a ResolveError', { cause: err });
  return err;
}

describe('resolveVolumes()', () => {
  it.each<[string, Omit<Volume, 'name'>, unknown]>([
    [
      'a ConfigMap',
      { configMap: { name: 'cm' } },
      [
        ['text', '644', 'hello'],
        ['other', '644', 'more'],
        ['bytes', '644', '\0\x01\x02'],
      ],
    ],
    [
      'some keys of a ConfigMap',
      {
        configMap: {
          name: 'cm',
          defaultMode: 0o440,
          items: [
            { key: 'text', path: 'a/b' },
            { key: 'bytes', path: './c', mode: 0o755 },
          ],
        },
      },
      [
        ['a/b', '440', 'hello'],
        ['c', '755', '\0\x01\x02'],
      ],
    ],
    ['a Secret', { secret: { secretName: 'sec', defaultMode: 0o400 } }, [['password', '400', 'hunter2']]],
    ['an optional ConfigMap that is not there', { configMap: { name: 'no', optional: true } }, []],
    [
      'an optional key that is not there',
      { secret: { secretName: 'sec', optional: true, items: [{ key: 'no', path: 'no' }] } },
      [],
    ],
    [
      'the downward API',
      {
        downwardAPI: {
          items: [
            { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            { path: 'cpu', mode: 0o400, resourceFieldRef: { containerName: 'main', resource: 'limits.cpu' } },
          ],
        },
      },
      [
        ['labels', '644', 'app="web"\ntier="front"'],
        ['cpu', '400', '32'],
      ],
    ],
    [
      'a projection, where later sources win',
      {
        projected: {
          defaultMode: 0o640,
          sources: [
            { secret: { name: 'sec', items: [{ key: 'password', path: 'text' }] } },
            { configMap: { name: 'cm', items: [{ key: 'text', path: 'text' }] } },
            { configMap: { name: 'no', optional: true } },
            { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
            { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
            { serviceAccountToken: { path: 'vault', audience: 'vault' } },
          ],
        },
      },
      [
        ['text', '640', 'hello'],
        ['name', '640', 'pod'],
        ['token', '640', { audiences: [], expirationSeconds: 3607 }],
        ['vault', '640', { audiences: ['vault'], expirationSeconds: undefined }],
      ],
    ],
    [
      'an optional ClusterTrustBundle that the API server does not serve',
      { projected: { sources: [{ clusterTrustBundle: { name: 'x', path: 'ca.pem', optional: true } }] } },
      [['ca.pem', '644', '']],
    ],
  ])('resolves %s', async (_what, volume, expected) => expect(await files(volume)).toEqual(expected));

  it('leaves other volumes alone', async () => {
    expect(
      await resolve([
        { name: 'e', emptyDir: {} },
        { name: 'h', hostPath: { path: '/' } },
      ]),
    ).toEqual([]);
  });

  it('makes a token private to its group when the pod has an fsGroup', async () => {
    const volume = { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
    const pod = podWithVolumes(volume);
    const owned = { ...pod, spec: { containers: [], ...pod.spec, securityContext: { fsGroup: 7 } } };
    const objects = new PodObjects(someObjects(), 'ns', new AbortController().signal);
    const [draft] = await resolveVolumes([volume], { pod: owned, node: NODE, objects });
    expect(draft?.files[0]?.mode).toBe(0o600);
  });

  it.each<[Omit<Volume, 'name'>, string]>([
    [{ configMap: { name: 'x' } }, 'configmap "x" not found'],
    [{ secret: { secretName: 'x' } }, 'secret "x" not found'],
    [
      { configMap: { name: 'cm', items: [{ key: 'k', path: 'p' }] } },
      'configmap references non-existent config key: k',
    ],
    [{ secret: { secretName: 'sec', items: [{ key: 'k', path: 'p' }] } }, 'references non-existent secret key: k'],
    [
      { projected: { sources: [{ configMap: { name: 'x' } }, { secret: { name: 'y' } }, { secret: { name: 'y' } }] } },
      '[configmap "x" not found, secret "y" not found]',
    ],
    [
      { projected: { sources: [{ podCertificate: { signerName: 's', keyType: 'ED25519' } }] } },
      'projected volume source podCertificate is not supported by this node',
    ],
    [
      { projected: { sources: [{ clusterTrustBundle: { name: 'x', path: 'p' } }] } },
      'ClusterTrustBundle projection is not supported: the API server does not serve them',
    ],
    [{ configMap: { name: 'cm', items: [{ key: 'text', path: '../p' }] } }, "file name must not contain '..': ../p"],
    [
      {
        configMap: {
          name: 'cm',
          items: [
            { key: 'text', path: 'a' },
            { key: 'other', path: 'a/b' },
          ],
        },
      },
      'conflicting paths: a is a file, and the directory of a/b',
    ],
    [
      { downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'status.podIP' } }] } },
      'field label not supported: status.podIP',
    ],
  ])('%j fails with %j', async (volume, message) => {
    const err = await failure([{ name: 'v', ...volume }]);
    expect(err.message).toBe(`MountVolume.SetUp failed for volume "v" : ${message}`);
    expect(err).toMatchObject({ reason: 'ContainerCreating', container: undefined });
    expect(err.notices.at(-1)).toEqual({ type: 'Warning', reason: 'FailedMount', message: err.message });
  });

  it('tells of all volumes in trouble and of all that is missing', async () => {
    const err = await failure([
      { name: 'a', configMap: { name: 'x' } },
      { name: 'b', secret: { secretName: 'sec', items: [{ key: 'k', path: 'p' }] } },
    ]);
    expect(err.notices.map(({ reason }) => reason)).toEqual([
      'MandatoryConfigMapNotFound',
      'MandatorySecretKeyNotFound',
      'FailedMount',
      'FailedMount',
    ]);
    expect(err.missing).toEqual([
      { kind: 'ConfigMap', namespace: 'ns', name: 'x' },
      { kind: 'Secret', namespace: 'ns', name: 'sec', seen: '7' },
    ]);
    expect(JSON.stringify(err.notices)).not.toContain('hunter2');
  });
});
