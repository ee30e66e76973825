import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pod, parseHostPaths, type Volume, type VolumeMount } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mountSite } from '../testing/site-policy.ts';
import { parseDockerClaims } from '../volumes/claim-targets.ts';
import { type ContainerMount, type MountSite, toMounts } from './mounts.ts';
import { openMounts } from './open-mounts.ts';

const uid = '00000000-0000-4000-8000-000000000001';
let base = '';
const under = (path: string) => join(base, path);

const volumes: Readonly<Record<string, () => object>> = {
  files: () => ({ configMap: { name: 'c' } }),
  scratch: () => ({ emptyDir: {} }),
  memory: () => ({ emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }),
  host: () => ({ hostPath: { path: under('open') } }),
  below: () => ({ hostPath: { path: under('open/sub') } }),
  linked: () => ({ hostPath: { path: under('open/to-sub') } }),
  read: () => ({ hostPath: { path: under('read') } }),
  claim: () => ({ persistentVolumeClaim: { claimName: 'data' } }),
  'read-claim': () => ({ persistentVolumeClaim: { claimName: 'data', readOnly: true } }),
  engine: () => ({ persistentVolumeClaim: { claimName: 'disk' } }),
};

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'interlink-mounts-')));
  const folders = ['open/sub/deep', 'read', 'claims', 'secret', `root/${uid}/volumes/scratch/made`];
  for (const folder of folders) await mkdir(under(folder), { recursive: true });
  await symlink('sub', under('open/to-sub'));
  await symlink(under('secret'), under('open/out'));
  await symlink(under('secret'), under(`root/${uid}/volumes/scratch/out`));
  await mkdir(under('claims/ns/data'), { recursive: true });
  await symlink('../../../secret', under('claims/ns/data/out'));
});
afterAll(async () => await rm(base, { recursive: true, force: true }));

function given(volume: string, mount: object, hasSafeSubPaths: boolean): [VolumeMount, Pod, MountSite] {
  const hostPaths = parseHostPaths('Docker.HostPaths', [under('open'), `${under('read')}:ro`], []);
  const claims = parseDockerClaims({
    'ns/data': { path: under('claims/{namespace}/{claim}') },
    'ns/disk': { dockerVolume: 'disk' },
  });
  const declared = [{ name: volume, ...volumes[volume]?.() } as Volume];
  return [
    { name: volume, mountPath: '/at', ...mount },
    { metadata: { name: 'p', namespace: 'ns', uid }, spec: { containers: [], volumes: declared } },
    mountSite(under('root'), { hostPaths, claims, hasSafeSubPaths }),
  ];
}

async function mountOf(volume: string, mount: object, hasSafeSubPaths: boolean): Promise<ContainerMount> {
  const [wanted, pod, site] = given(volume, mount, hasSafeSubPaths);
  const [made] = await toMounts({ name: 'c', volumeMounts: [wanted] }, pod, site);
  if (made === undefined) throw new Error('no mount');
  return made;
}

const bind = (source: string, more: { ReadOnly?: boolean; Propagation?: Docker.MountPropagation } = {}) => ({
  ...{ Type: 'bind', Source: under(source), Target: '/at', ReadOnly: more.ReadOnly ?? false },
  BindOptions: { Propagation: more.Propagation ?? 'rprivate' },
});
const over = (folder: string, volume: string, Subpath: string, ReadOnly = false) => ({
  ...{ Type: 'volume', Source: `interlink_${uid}_${volume}_folder`, Target: '/at', ReadOnly },
  VolumeOptions: {
    NoCopy: true,
    Labels: { 'interlink.eu/pod-uid': uid },
    DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: under(folder) } },
    Subpath,
  },
});
const engineVolume = (more: object = {}) => ({
  Type: 'volume',
  Source: 'disk',
  Target: '/at',
  ReadOnly: false,
  ...more,
});
const ofPod = (path: string) => `root/${uid}/volumes/${path}`;

type Case = [what: string, volume: string, mount: object, settings: () => object, isGuarded: boolean];

/** The same of every engine. */
const anywhere: Case[] = [
  ['files, never to write', 'files', {}, () => bind(ofPod('files'), { ReadOnly: true }), false],
  ['one of the files', 'files', { subPath: 'a/b' }, () => bind(ofPod('files/a/b'), { ReadOnly: true }), false],
  ['an emptyDir', 'scratch', {}, () => bind(ofPod('scratch')), false],
  ['a host path', 'host', {}, () => bind('open'), true],
  ['a host path to read', 'host', { readOnly: true }, () => bind('open', { ReadOnly: true }), true],
  ['one that pods may only read', 'read', { readOnly: false }, () => bind('read', { ReadOnly: true }), true],
  [
    'mounts of the host',
    'host',
    { mountPropagation: 'HostToContainer' },
    () => bind('open', { Propagation: 'rslave' }),
    true,
  ],
  [
    'mounts for the host',
    'host',
    { mountPropagation: 'Bidirectional' },
    () => bind('open', { Propagation: 'rshared' }),
    true,
  ],
  ['a claim’s folder', 'claim', {}, () => bind('claims/ns/data'), true],
  ['a claim to read', 'read-claim', {}, () => bind('claims/ns/data', { ReadOnly: true }), true],
  ['a volume of the engine', 'engine', {}, () => engineVolume(), false],
];

/** Docker 26 and newer keep a sub-path inside its volume, at every start. */
const newer: Case[] = [
  ['a sub-path of an emptyDir', 'scratch', { subPath: 'made' }, () => over(ofPod('scratch'), 'scratch', 'made'), false],
  ['one that is not there yet', 'scratch', { subPath: 'a/b/' }, () => over(ofPod('scratch'), 'scratch', 'a/b'), false],
  ['one that is a link by now', 'scratch', { subPath: 'out' }, () => over(ofPod('scratch'), 'scratch', 'out'), false],
  ['of a host path', 'host', { subPath: 'out', readOnly: true }, () => over('open', 'host', 'out', true), false],
  ['a host path below an allowed one', 'below', {}, () => over('open', 'below', 'sub'), false],
  ['with a sub-path of it', 'below', { subPath: 'deep' }, () => over('open', 'below', 'sub/deep'), false],
  ['a host path that is a link', 'linked', {}, () => over('open', 'linked', 'sub'), false],
  ['of a claim', 'claim', { subPath: 'out' }, () => over('claims/ns/data', 'claim', 'out'), false],
  ['of a claim to read', 'read-claim', { subPath: 'x' }, () => over('claims/ns/data', 'read-claim', 'x', true), false],
  [
    'of a volume of the engine',
    'engine',
    { subPath: 'a/b' },
    () =>
      engineVolume({
        VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} }, Subpath: 'a/b' },
      }),
    false,
  ],
];

/** Others go by the path at each start: nobody may write above it meanwhile. */
const older: Case[] = [
  ['a sub-path of an emptyDir', 'scratch', { subPath: 'made' }, () => bind(ofPod('scratch/made')), true],
  ['a host path below an allowed one', 'below', {}, () => bind('open/sub'), true],
  ['a sub-path that is a link within', 'host', { subPath: 'to-sub/deep' }, () => bind('open/sub/deep'), true],
];

describe('toMounts() with an engine of Docker 26 and newer has', () => {
  test.each([...anywhere, ...newer])('%s', async (_, volume, mount, settings, isGuarded) => {
    expect(await mountOf(volume, mount, true)).toEqual({ settings: settings(), isGuarded });
  });
});

describe('toMounts() with another engine has', () => {
  test.each([...anywhere, ...older])('%s', async (_, volume, mount, settings, isGuarded) => {
    expect(await mountOf(volume, mount, false)).toEqual({ settings: settings(), isGuarded });
  });

  test.each([
    ['of an emptyDir', 'scratch'],
    ['of a host path', 'host'],
    ['of a claim', 'claim'],
  ])('no sub-path %s that leads out of it', async (_, volume) => {
    const message = `volume "${volume}" : out leads out of the volume`;
    await expect(mountOf(volume, { subPath: 'out' }, false)).rejects.toMatchObject({
      code: 'failed_precondition',
      message,
    });
  });
});

describe.each([true, false])('toMounts() where hasSafeSubPaths is %s refuses', (hasSafeSubPaths) => {
  test.each(['../x', '/etc', 'a//b', '.', 'a/../../b'])('the sub-path %j', async (subPath) => {
    for (const volume of ['files', 'scratch', 'host', 'claim', 'engine']) {
      await expect(mountOf(volume, { subPath }, hasSafeSubPaths)).rejects.toThrow(/is not a path inside a volume/);
    }
  });

  test.each([
    ['of a volume of the engine', 'engine', /only of folders of the host/],
    ['below an allowed path', 'below', /only of what Docker\.HostPaths lists itself/],
  ])('mountPropagation %s', async (_, volume, message) => {
    await expect(mountOf(volume, { mountPropagation: 'HostToContainer' }, hasSafeSubPaths)).rejects.toThrow(message);
  });

  test('a volume that the pod does not declare', async () => {
    const [mount, pod, site] = given('scratch', { name: 'other' }, hasSafeSubPaths);
    await expect(toMounts({ name: 'c', volumeMounts: [mount] }, pod, site)).rejects.toThrow(
      /does not declare volume "other"/,
    );
  });
});

/** What an open mount can't tell: where a folder is. */
const inWords = (settings: object, volume: string) => {
  const text = JSON.stringify(settings).replaceAll(under(ofPod(volume)), `<volume ${volume}>`);
  return JSON.parse(text.replaceAll(under('claims/ns/data'), `<volume ${volume}>`)) as object;
};

describe.each([
  [true, [...anywhere, ...newer]],
  [false, [...anywhere, ...older.slice(0, 2)]],
])('openMounts() where hasSafeSubPaths is %s has, as toMounts()', (hasSafeSubPaths, cases) => {
  test.each(cases.filter(([, volume]) => volume !== 'linked'))('%s', async (_, volume, mount) => {
    const [wanted, pod, site] = given(volume, mount, hasSafeSubPaths);
    const made = await mountOf(volume, mount, hasSafeSubPaths);
    const open = openMounts({ name: 'c', volumeMounts: [wanted] }, pod, site);
    expect(open).toEqual([inWords(made.settings, volume)]);
  });

  test('an emptyDir in memory', async () => {
    const [wanted, pod, site] = given('memory', {}, hasSafeSubPaths);
    const made = await mountOf('memory', {}, hasSafeSubPaths);
    expect(made.settings).toMatchObject({
      Type: 'volume',
      VolumeOptions: { DriverConfig: { Options: { type: 'tmpfs' } } },
    });
    expect(openMounts({ name: 'c', volumeMounts: [wanted] }, pod, site)).toEqual([made.settings]);
  });
});
