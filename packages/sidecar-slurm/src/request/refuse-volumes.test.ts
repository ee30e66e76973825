import { describe, expect, test } from 'vitest';
import { podWith } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { refuseVolumes } from './refuse-volumes.ts';

const open = slurmSite({
  'Slurm.HostPaths': ['/cvmfs:ro', '/scratch'],
  'Slurm.Claims': { 'ns/data': { path: '/data' }, 'storageClass:fast': { path: '/fast/{namespace}/{claim}' } },
});

function refusalsOf(source: object, { site = open, mount = {} } = {}) {
  const volumeMounts = [{ name: 'v', mountPath: '/v', ...mount }];
  return refuseVolumes(podWith({ spec: { volumes: [{ name: 'v', ...source }] }, container: { volumeMounts } }), site);
}

describe('refuseVolumes()', () => {
  test.each<[object]>([
    [{ emptyDir: {} }],
    [{ configMap: { name: 'c' } }],
    [{ hostPath: { path: '/cvmfs/x/', type: 'Directory' } }],
    [{ hostPath: { path: '/scratch' } }],
    [{ persistentVolumeClaim: { claimName: 'data' } }],
    [{ persistentVolumeClaim: { claimName: 'other', storageClassName: 'fast' } }],
  ])('lets a pod have %j', (source) => {
    expect(refusalsOf(source)).toEqual([]);
  });

  test.each<[object, RegExp]>([
    [
      { hostPath: { path: '/etc' } },
      /^volume v: hostPath \/etc is in none of the folders that the key Slurm\.HostPaths of this site allows: ask its administrator to list it there$/,
    ],
    [{ hostPath: { path: '/scratchy' } }, /is in none/],
    [{ hostPath: { path: '/scratch/../etc' } }, /is no absolute path without/],
    [{ hostPath: { path: 'scratch' } }, /is no absolute path/],
    [{ hostPath: {} }, /hostPath undefined is no absolute path/],
    [{ hostPath: { path: '/scratch', type: 'Pipe' } }, /"Pipe" is not a type of hostPath/],
    [{ persistentVolumeClaim: { claimName: 'x' } }, /the key Slurm\.Claims of this site has no entry ns\/x/],
    [{ persistentVolumeClaim: { claimName: '../x' } }, /"\.\.\/x" is not the name of a claim/],
  ])('refuses %j', (source, message) => {
    expect(refusalsOf(source)).toEqual([expect.stringMatching(message)]);
  });

  test.each<[object]>([[{ secret: {} }], [{ projected: { sources: [{ configMap: {} }] } }]])(
    'refuses %j where ExportPodData is false',
    (source) => {
      const site = slurmSite({ ExportPodData: false });
      expect(refusalsOf(source, { site })).toEqual([expect.stringContaining('ExportPodData is false')]);
      expect(refusalsOf(source, { site, mount: { name: 'w' } })).toEqual([
        'container c0 mounts volume w, which the pod does not declare',
      ]);
    },
  );

  test.each([
    [{ subPath: '../x' }, /has a subPath at \/v: "\.\.\/x" is not a path inside a volume/],
    [{ subPathExpr: '$(A)' }, /has subPathExpr at \/v/],
    [{ mountPath: '/' }, /mounts a volume at "\/": a container's root, its \/proc and/],
    [{ mountPath: '/a/../..' }, /are no places for volumes/],
    [{ mountPath: '/x/../proc/self/' }, /are no places for volumes/],
    [{ mountPath: '/.singularity.d/env' }, /are no places for volumes/],
  ])('refuses a mount with %j', (mount, message) => {
    expect(refusalsOf({ emptyDir: {} }, { mount })).toEqual([expect.stringMatching(message)]);
  });
});
