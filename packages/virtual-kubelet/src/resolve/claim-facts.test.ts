import { expect, test } from 'vitest';
import { ResolveError, resolvePod } from './resolve-pod.ts';
import { resolveUpdate } from './resolve-update.ts';
import { FakeObjects, NODE } from './testing/fake-objects.ts';
import { podWithVolumes } from './testing/pods.ts';

const { signal } = new AbortController();
const volume = { name: 'data', persistentVolumeClaim: { claimName: 'mine', readOnly: true } };
const resolve = async (objects: FakeObjects, ...volumes: object[]) =>
  (await resolvePod(podWithVolumes(...(volumes as [])), { objects, node: NODE, signal })).request.pod.spec.volumes;

test('a claim’s class and access modes go along with what the pod says of it', async () => {
  const objects = new FakeObjects();
  objects.claims.set('ns/mine', {
    metadata: { name: 'mine', namespace: 'ns' },
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], volumeName: 'pv-1' },
  });
  expect(await resolve(objects, volume, { name: 'tmp', emptyDir: {} })).toEqual([
    {
      name: 'data',
      persistentVolumeClaim: {
        ...{ claimName: 'mine', readOnly: true, storageClassName: 'fast', accessModes: ['ReadWriteOnce'] },
      },
    },
    { name: 'tmp', emptyDir: {} },
  ]);
});

test('a pod without claims asks for none', async () => {
  const objects = new FakeObjects();
  await resolve(objects, { name: 'tmp', emptyDir: {} });
  expect(objects.reads).toEqual([]);
});

test.each([
  ['is not there', false, 'persistentvolumeclaim "mine" not found'],
  [
    'can’t be read',
    true,
    'failed to fetch persistentvolumeclaim "mine": persistentvolumeclaims "mine" is forbidden: no',
  ],
])('a claim that %s is a FailedMount', async (_, isForbidden, why) => {
  const objects = new FakeObjects();
  if (isForbidden) objects.forbidden.add('mine');
  const error = await resolve(objects, volume).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ResolveError);
  expect(error).toMatchObject({
    reason: 'ContainerCreating',
    isPassing: isForbidden,
    notices: [{ reason: 'FailedMount', message: `MountVolume.SetUp failed for volume "data" : ${why}` }],
  });
});

test('an update tells them again for an ephemeral container that mounts the claim, and asks for nothing otherwise', async () => {
  const objects = new FakeObjects();
  objects.claims.set('ns/mine', { spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] } });
  const pod = podWithVolumes(volume);
  const debuggerOf = (...mounts: string[]) => ({
    ...pod,
    spec: {
      ...pod.spec,
      containers: pod.spec?.containers ?? [],
      ephemeralContainers: [{ name: 'debug', volumeMounts: mounts.map((name) => ({ name, mountPath: '/data' })) }],
    },
  });
  const update = async (changed: typeof pod, isKnown = false) =>
    (await resolveUpdate(changed, () => isKnown, { objects, node: NODE, signal })).update.pod.spec.volumes?.[0];
  expect([await update(debuggerOf()), await update(debuggerOf('data'), true)]).toEqual([volume, volume]);
  expect(objects.reads).toEqual([]);
  expect((await update(debuggerOf('data')))?.persistentVolumeClaim).toMatchObject({ storageClassName: 'fast' });
});
