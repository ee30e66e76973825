import type { Container, HostPathPolicy, Pod, PodSpec, Volume } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { strictPolicy } from '../testing/site-policy.ts';
import { parseDockerClaims } from './claim-targets.ts';
import { refuseVolumes } from './refuse-volumes.ts';

const metadata = { name: 'p', namespace: 'ns', uid: '00000000-0000-4000-8000-000000000001' };
const podOf = (volume: object, container: Partial<Container> = {}): Pod => ({
  metadata,
  spec: { containers: [{ name: 'c', ...container }], volumes: [{ name: 'v', ...volume } as Volume] } satisfies PodSpec,
});
interface Site {
  exportsPodData?: boolean;
  hasSafeSubPaths?: boolean;
  claims?: object;
  hostPaths?: HostPathPolicy;
}
const refuse = (pod: Pod, more: Site = {}) =>
  refuseVolumes(pod, {
    policy: {
      ...strictPolicy,
      exportsPodData: more.exportsPodData ?? true,
      hostPaths: more.hostPaths ?? strictPolicy.hostPaths,
      claims: parseDockerClaims({ ...more.claims }),
    },
    hasSafeSubPaths: more.hasSafeSubPaths ?? true,
  });
const mounting = (...mounts: object[]) => ({
  volumeMounts: mounts.map((mount) => ({ name: 'v', mountPath: '/v', ...mount })),
});

describe('refuseVolumes()', () => {
  test.each<[string, object, string]>([
    ['csi', { csi: { driver: 'd' } }, 'volume "v" : type csi is not supported'],
    ['nfs', { nfs: { server: 's', path: '/' } }, 'volume "v" : type nfs is not supported'],
    ['ephemeral', { ephemeral: {} }, 'volume "v" : type ephemeral is not supported'],
    [
      'huge pages',
      { emptyDir: { medium: 'HugePages-2Mi' } },
      'volume "v" : an emptyDir of medium HugePages-2Mi is not offered here',
    ],
    [
      'hostPath',
      { hostPath: { path: '/etc' } },
      'volume "v" : hostPath /etc is in none of the folders that the key Docker.HostPaths of this site allows: ask its administrator to list it there',
    ],
    [
      'a claim',
      { persistentVolumeClaim: { claimName: 'data' } },
      'volume "v" : claim data: the key Docker.Claims of this site has no entry ns/data',
    ],
  ])('names %s', (_, volume, reason) => {
    expect(refuse(podOf(volume))).toEqual([reason]);
  });

  test.each(['../x', '/etc', 'a//b', 'a/../../b', '.', 'a\0b'])('refuses the sub-path %j of any volume', (subPath) => {
    for (const volume of [{ emptyDir: {} }, { configMap: {} }, { secret: {} }]) {
      expect(refuse(podOf(volume, mounting({ subPath })))[0]).toMatch(/is not a path inside a volume/);
    }
  });

  test.each<[string, object, RegExp]>([
    ['a volume that is not declared', { name: 'w' }, /container c mounts volume w, which the pod does not declare/],
    ['an unknown propagation', { mountPropagation: 'Both' }, /mountPropagation Both of \/v, which there is none of/],
    ['Bidirectional without privileges', { mountPropagation: 'Bidirectional' }, /only privileged containers have/],
    ['recursive read-only', { recursiveReadOnly: 'Enabled' }, /recursiveReadOnly of \/v/],
    ['an expression', { subPathExpr: '$(A)' }, /subPathExpr at \/v/],
  ])('refuses %s', (_, mount, reason) => {
    expect(refuse(podOf({ emptyDir: {} }, mounting(mount)))[0]).toMatch(reason);
  });

  test.each<[string, object, RegExp | undefined]>([
    ['what an entry names itself', { hostPath: { path: '/srv' } }, undefined],
    [
      'what is below an entry',
      { hostPath: { path: '/srv/a' } },
      /^container c asks for mountPropagation HostToContainer of \/v: only what Docker.HostPaths lists itself .* below \/srv$/,
    ],
    ['a folder of a claim', { persistentVolumeClaim: { claimName: 'folder' } }, undefined],
    ['a Docker volume', { persistentVolumeClaim: { claimName: 'data' } }, /of \/v: a Docker volume has none/],
    ['an emptyDir on the disk', { emptyDir: {} }, undefined],
    ['an emptyDir in memory', { emptyDir: { medium: 'Memory' } }, /of \/v: an emptyDir in memory has none/],
  ])('takes or refuses mountPropagation of %s', (_, volume, reason) => {
    const claims = { 'ns/data': { dockerVolume: 'data' }, 'ns/folder': { path: '/claims/folder' } };
    const hostPaths = { allowed: [{ path: '/srv', isReadOnly: false }], forbidden: [] };
    const pod = podOf(volume, mounting({ mountPropagation: 'HostToContainer' }));
    const reasons = refuse(pod, { claims, hostPaths });
    if (reason === undefined) expect(reasons).toEqual([]);
    else expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(refuse(podOf(volume, mounting({})), { claims, hostPaths })).toEqual([]);
  });

  test('refuses raw block devices', () => {
    expect(refuse(podOf({ emptyDir: {} }, { volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] }))[0]).toMatch(
      /volumeDevices/,
    );
  });

  test('before Docker 26, refuses a sub-path below a folder that the pod can write', () => {
    const pod = podOf({ emptyDir: {} }, mounting({}, { mountPath: '/w', subPath: 'x' }));
    expect(refuse(pod)).toEqual([]);
    expect(refuse(pod, { hasSafeSubPaths: false })[0]).toMatch(/\/v makes the folder above it writable/);
    const readOnly = podOf({ emptyDir: {} }, mounting({ readOnly: true }, { mountPath: '/w', subPath: 'x' }));
    expect(refuse(readOnly, { hasSafeSubPaths: false })).toEqual([]);
    const sideBySide = podOf({ emptyDir: {} }, mounting({ subPath: 'x' }, { mountPath: '/w', subPath: 'xy/z' }));
    expect(refuse(sideBySide, { hasSafeSubPaths: false })).toEqual([]);
    const nested = podOf({ emptyDir: {} }, mounting({ subPath: 'x' }, { mountPath: '/w', subPath: 'x/y' }));
    expect(refuse(nested, { hasSafeSubPaths: false })[0]).toMatch(/not safe before Docker Engine 26/);
  });

  test('before Docker 26, refuses a sub-path of a Docker volume', () => {
    const pod = podOf({ persistentVolumeClaim: { claimName: 'data' } }, mounting({ subPath: 'x' }));
    const claims = { 'ns/data': { dockerVolume: 'data' } };
    expect(refuse(pod, { claims })).toEqual([]);
    expect(refuse(pod, { claims, hasSafeSubPaths: false })[0]).toMatch(/of a Docker volume needs Docker Engine 26/);
  });

  test('refuses mounted ConfigMaps and Secrets only where ExportPodData is false', () => {
    const pod = podOf({ projected: { sources: [{ secret: { name: 's' } }] } }, mounting({}));
    expect(refuse(pod)).toEqual([]);
    expect(refuse(pod, { exportsPodData: false })[0]).toMatch(/ExportPodData is false/);
  });
});
