import { describe, expect, test } from 'vitest';
import { parseFlavors } from '../site/flavors.ts';
import { podWith } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { chooseFlavor } from './choose-flavor.ts';
import { PodAnnotations } from './pod-annotations.ts';

const flagsOf = (...SlurmFlags: string[]) => ({ SlurmFlags });
const flavors = parseFlavors(
  {
    plain: {},
    one: flagsOf('--gres=gpu:1'),
    four: flagsOf('--gpus-per-node=4'),
    h100: flagsOf('--gres=gpu:h100:2'),
    named: flagsOf('--partition=gpu'),
  },
  'plain',
  1500,
  [],
);

function choose(count: number, type?: string, annotations: Readonly<Record<string, string>> = {}) {
  const reader = new PodAnnotations(podWith({ annotations }), slurmSite());
  return { name: chooseFlavor(reader, { count, type }, flavors)?.name, problems: reader.problems };
}

describe('chooseFlavor()', () => {
  test.each([
    [0, undefined, 'plain'],
    [1, undefined, 'one'],
    [4, undefined, 'four'],
    [2, undefined, 'h100'],
    [8, undefined, 'one'],
    [1, 'h100', 'h100'],
    [2, 'a100', 'one'],
  ])('of a pod with %j GPUs of type %j is %s', (count, type, expected) => {
    expect(choose(count, type)).toEqual({ name: expected, problems: [] });
  });

  test('is the one that the pod names, whatever it matches', () => {
    expect(choose(1, undefined, { 'slurm-job.vk.io/flavor': 'named' }).name).toBe('named');
  });

  test('of a name that is none is refused with those that there are', () => {
    expect(choose(0, undefined, { 'slurm-job.vk.io/flavor': 'big' })).toEqual({
      name: undefined,
      problems: ['annotation slurm-job.vk.io/flavor: "big" is no flavor: this site has plain, one, four, h100, named'],
    });
  });
});
