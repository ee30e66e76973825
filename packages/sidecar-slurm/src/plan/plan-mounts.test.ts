import { describe, expect, test } from 'vitest';
import type { PlannedMount } from '../script/job-plan.ts';
import { podWith } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { planMounts, planScratch } from './plan-mounts.ts';

const site = slurmSite({
  'Slurm.HostPaths': ['/cvmfs:ro', '/scratch', '/scratch/reference:ro', '/nonexistent/data/'],
  'Slurm.Claims': {
    'ns/results': { path: '/data/results' },
    'other/results': { path: '/data/of-others' },
    'storageClass:fast': { path: '/fast/pods/{namespace}/{claim}_{volume}' },
  },
});

/** What the only container mounts of the only volume. */
function mounted(volume: object, mount: object = {}): PlannedMount[] {
  const container = { volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] };
  const pod = podWith({ container, spec: { volumes: [{ name: 'v', ...volume }] } });
  const [planned] = pod.spec.containers;
  if (planned === undefined) throw new Error('no container');
  return planMounts(planned, pod, site);
}

const hostPath = (path: string, type?: string) => ({ hostPath: { path, ...(type === undefined ? {} : { type }) } });
const claim = (claimName: string, more: object = {}) => ({ persistentVolumeClaim: { claimName, ...more } });
const onHost = (path: string, below: string, type: string) => ({ in: 'host', path, below, type });

describe('planMounts()', () => {
  test.each([
    ['a folder of the list', hostPath('/scratch'), onHost('/scratch', '', ''), 'rw'],
    [
      'a folder below one of the list',
      hostPath('/scratch/a/b/', 'Directory'),
      onHost('/scratch', 'a/b', 'Directory'),
      'rw',
    ],
    ['a file that is made', hostPath('/scratch/f', 'FileOrCreate'), onHost('/scratch', 'f', 'FileOrCreate'), 'rw'],
    ['an entry with a slash behind it', hostPath('/nonexistent/data/x'), onHost('/nonexistent/data', 'x', ''), 'rw'],
    ['an entry with :ro', hostPath('/cvmfs/atlas', 'Directory'), onHost('/cvmfs', 'atlas', 'Directory'), 'ro'],
    ['the longer of two entries', hostPath('/scratch/reference/x'), onHost('/scratch/reference', 'x', ''), 'ro'],
    [
      'the shorter for a name that only begins alike',
      hostPath('/scratch/references'),
      onHost('/scratch', 'references', ''),
      'rw',
    ],
  ])('takes a hostPath: %s', (_, volume, source, mode) => {
    expect(mounted(volume)).toEqual([{ volume: 'v', source, target: '/v', readOnly: mode === 'ro' }]);
  });

  test.each(['/scratch-of-others', '/cvmf', '/', '/etc/passwd'])('has no place for hostPath %s', (path) => {
    expect(() => mounted(hostPath(path))).toThrow(`hostPath ${path} is not allowed`);
  });

  test.each([
    ['a folder of its own', claim('results'), onHost('/data/results', '', 'DirectoryOrCreate'), 'rw'],
    [
      'that the pod wants for reading',
      claim('results', { readOnly: true }),
      onHost('/data/results', '', 'DirectoryOrCreate'),
      'ro',
    ],
    [
      'that is for readers',
      claim('results', { accessModes: ['ReadOnlyMany'] }),
      onHost('/data/results', '', 'DirectoryOrCreate'),
      'ro',
    ],
    [
      'that is for writers, too',
      claim('results', { accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] }),
      onHost('/data/results', '', 'DirectoryOrCreate'),
      'rw',
    ],
    [
      'of a class, below the part that the administrator has fixed',
      claim('new', { storageClassName: 'fast' }),
      onHost('/fast/pods', 'ns/new_v', 'DirectoryOrCreate'),
      'rw',
    ],
    [
      'with a folder of its own, whatever its class',
      claim('results', { storageClassName: 'fast' }),
      onHost('/data/results', '', 'DirectoryOrCreate'),
      'rw',
    ],
  ])('takes a claim: %s', (_, volume, source, mode) => {
    expect(mounted(volume)).toEqual([{ volume: 'v', source, target: '/v', readOnly: mode === 'ro' }]);
  });

  test.each([claim('nobodys'), claim('nobodys', { storageClassName: 'slow' })])('has no place for %j', (volume) => {
    expect(() => mounted(volume)).toThrow('claim nobodys has no place');
  });

  test.each([
    ['emptyDir', { emptyDir: {} }, { in: 'scratch', path: 'v' }, false],
    ['emptyDir in memory', { emptyDir: { medium: 'Memory' } }, { in: 'memory', path: 'v' }, false],
    ['ConfigMap', { configMap: { name: 'c' } }, { in: 'pod-folder', path: 'volumes/v' }, true],
    ['Secret', { secret: { secretName: 's' } }, { in: 'pod-folder', path: 'volumes/v' }, true],
    ['projected', { projected: { sources: [] } }, { in: 'pod-folder', path: 'volumes/v' }, true],
  ])('takes a volume of type %s', (_, volume, source, readOnly) => {
    expect(mounted(volume)).toEqual([{ volume: 'v', source, target: '/v', readOnly }]);
  });

  test.each([
    [{ readOnly: true }, { readOnly: true }],
    [{ readOnly: false }, { readOnly: false }],
    [{ mountPath: '/a//b/./c/' }, { target: '/a/b/c/' }],
    [{ subPath: 'set/1//' }, { subPath: 'set/1' }],
  ])('reads mount %j', (mount, expected) => {
    expect(mounted(hostPath('/scratch'), mount)).toEqual([expect.objectContaining(expected)]);
  });

  test('never lets a mount write what its volume only lets be read', () => {
    expect(mounted(hostPath('/cvmfs'), { readOnly: false })[0]?.readOnly).toBe(true);
    expect(mounted(claim('results', { readOnly: true }), { readOnly: false })[0]?.readOnly).toBe(true);
    expect(mounted({ secret: { secretName: 's' } }, { readOnly: false })[0]?.readOnly).toBe(true);
  });

  test('keeps the order in which the container says them, each as often as it does', () => {
    const volumeMounts = [
      { name: 'b', mountPath: '/1' },
      { name: 'a', mountPath: '/2' },
      { name: 'b', mountPath: '/3', subPath: 'x' },
    ];
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', ...hostPath('/scratch') },
      { name: 'unused', emptyDir: {} },
    ];
    const pod = podWith({ container: { volumeMounts }, spec: { volumes } });
    const planned = pod.spec.containers.flatMap((container) => planMounts(container, pod, site));
    expect(planned.map(({ volume, target }) => `${volume}${target}`)).toEqual(['b/1', 'a/2', 'b/3']);
  });
});

test('planScratch() is of emptyDirs alone', () => {
  const volumes = [
    { name: 'disk', emptyDir: {} },
    { name: 'memory', emptyDir: { medium: 'Memory' } },
    { name: 'host', ...hostPath('/scratch') },
    { name: 'claim', ...claim('results') },
  ];
  expect(planScratch(podWith({ spec: { volumes } }))).toEqual([
    { name: 'disk', medium: 'scratch' },
    { name: 'memory', medium: 'memory' },
  ]);
});
