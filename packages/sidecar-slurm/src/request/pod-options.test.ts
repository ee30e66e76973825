import { describe, expect, test } from 'vitest';
import { annotationNames } from '../site/annotations.ts';
import { podWith } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { PodAnnotations } from './pod-annotations.ts';
import { toPodOptions } from './pod-options.ts';

const nothing = {
  ...{ preExec: undefined, mpiFlags: undefined, imageRoot: undefined, singularityOptions: [], singularityMounts: [] },
  ...{ singularityCommands: [], enrootOptions: [], enrootMounts: [] },
};
const powerful = ['pre-exec', 'mpi-flags', 'image-root', 'singularity-options', 'singularity-mounts'];
const open = slurmSite({
  'Policy.AllowPodAnnotations': [...powerful, 'singularity-commands', 'enroot-options', 'enroot-mounts'],
});

function read(annotations: Readonly<Record<string, string>>, site = open) {
  const reader = new PodAnnotations(podWith({ annotations }), site);
  const options = toPodOptions(reader);
  return { options, problems: reader.problems, ignored: reader.ignored };
}

describe('toPodOptions()', () => {
  test.each<[string, string, object]>([
    ['slurm-job.vk.io/pre-exec', 'module load x\nid', { preExec: 'module load x\nid' }],
    ['slurm-job.knoc.io/pre-exec', 'id', { preExec: 'id' }],
    ['job.vk.io/pre-exec', 'id', { preExec: 'id' }],
    ['slurm-job.vk.io/mpi-flags', 'true', { mpiFlags: [] }],
    ['slurm-job.vk.io/mpi-flags', '-map-by "a b"', { mpiFlags: ['-map-by', 'a b'] }],
    ['slurm-job.vk.io/image-root', '/cvmfs/', { imageRoot: '/cvmfs/' }],
    ['slurm-job.vk.io/singularity-options', '--nv --pid', { singularityOptions: ['--nv', '--pid'] }],
    ['slurm-job.vk.io/singularity-mounts', '--bind /a:/a', { singularityMounts: ['--bind', '/a:/a'] }],
    ['job.vk.io/singularity-commands', 'time -p', { singularityCommands: ['time', '-p'] }],
  ])('reads %s: %j', (name, text, expected) => {
    expect(read({ [name]: text })).toEqual({ options: { ...nothing, ...expected }, problems: [], ignored: [] });
  });

  test.each(annotationNames.filter((name) => powerful.includes(name)))(
    'leaves %s out where it is not allowed',
    (name) => {
      const full = `slurm-job.vk.io/${name}`;
      expect(read({ [full]: 'x' }, slurmSite())).toEqual({
        options: nothing,
        problems: [],
        ignored: [`annotation ${full}: Policy.AllowPodAnnotations does not list ${name}`],
      });
    },
  );

  test('lets anybody have MPI without options', () => {
    expect(read({ 'slurm-job.vk.io/mpi-flags': ' true ' }, slurmSite()).options.mpiFlags).toEqual([]);
    expect(read({ 'slurm-job.vk.io/mpi-flags': 'true; id' }, slurmSite()).options.mpiFlags).toBeUndefined();
  });

  test('tells of what is for another runtime', () => {
    const enroot = slurmSite({
      ContainerRuntime: 'enroot',
      'Policy.AllowPodAnnotations': ['enroot-options', 'singularity-options'],
    });
    const annotations = { 'slurm-job.vk.io/enroot-options': '--root', 'slurm-job.vk.io/singularity-options': '--nv' };
    expect(read(annotations, enroot)).toEqual({
      options: { ...nothing, enrootOptions: ['--root'] },
      problems: [],
      ignored: ['annotation slurm-job.vk.io/singularity-options: ContainerRuntime is enroot'],
    });
    expect(read(annotations).ignored).toEqual([
      'annotation slurm-job.vk.io/enroot-options: ContainerRuntime is apptainer',
    ]);
  });

  test('refuses a quote that is not closed, and a NUL', () => {
    expect(read({ 'slurm-job.vk.io/singularity-options': '"' }).problems).toEqual([
      'annotation slurm-job.vk.io/singularity-options: a quote is not closed',
    ]);
    expect(read({ 'slurm-job.vk.io/pre-exec': 'a\0b' }).problems).toEqual([
      'annotation slurm-job.vk.io/pre-exec holds a NUL',
    ]);
  });

  test('tells of what is misspelt', () => {
    expect(
      read({ 'slurm-job.vk.io/flag': '-p gpu', 'slurm-job.knoc.io/preexec': 'id', 'job.vk.io/flags': '' }),
    ).toEqual({
      options: nothing,
      problems: [],
      ignored: [
        'annotation slurm-job.vk.io/flag is unknown: did you mean slurm-job.vk.io/flags?',
        'annotation slurm-job.knoc.io/preexec is unknown: did you mean slurm-job.knoc.io/pre-exec?',
        'annotation job.vk.io/flags is unknown: one of job.vk.io/pre-exec, job.vk.io/singularity-commands is wanted',
      ],
    });
  });

  test('tells which of two names counts', () => {
    const { options, ignored } = read({ 'job.vk.io/pre-exec': 'old', 'slurm-job.vk.io/pre-exec': 'new' });
    expect(options.preExec).toBe('new');
    expect(ignored).toEqual(['annotation job.vk.io/pre-exec: slurm-job.vk.io/pre-exec goes before it']);
  });
});
