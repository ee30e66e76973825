import { describe, expect, test } from 'vitest';
import { podWith } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { gpusPerNode, toGpuType } from './gpus.ts';
import { PodAnnotations } from './pod-annotations.ts';

const key = 'slurm-job.vk.io/gpu-type';

function typeOf(parts: Parameters<typeof podWith>[0], count = 1) {
  const pod = podWith(parts);
  const annotations = new PodAnnotations(pod, slurmSite());
  return { type: toGpuType(pod, count, annotations), problems: annotations.problems, ignored: annotations.ignored };
}

const nodeSelector = { 'nvidia.com/gpu.product': 'l4' };

describe('toGpuType()', () => {
  test.each<[Parameters<typeof podWith>[0], string | undefined]>([
    [{}, undefined],
    [{ annotations: { [key]: 'a100' }, labels: { [key]: 'h100' }, spec: { nodeSelector } }, 'a100'],
    [{ labels: { [key]: 'h100' }, spec: { nodeSelector } }, 'h100'],
    [{ spec: { nodeSelector } }, 'l4'],
    [{ spec: { nodeSelector: { [key]: 'a100_3g.20gb' } } }, 'a100_3g.20gb'],
    [{ spec: { nodeSelector: { other: 'x' } } }, undefined],
  ])('of %j is %j', (parts, type) => {
    expect(typeOf(parts)).toEqual({ type, problems: [], ignored: [] });
  });

  test('is nothing where no GPU is asked for, and the annotation is told of', () => {
    expect(typeOf({ annotations: { [key]: 'a100' } }, 0)).toEqual({
      type: undefined,
      problems: [],
      ignored: [`annotation ${key}: no container asks for GPUs`],
    });
    expect(typeOf({ spec: { nodeSelector } }, 0)).toEqual({ type: undefined, problems: [], ignored: [] });
  });

  test.each(['a:1', 'a,gpu:b', 'a b', '-a', 'a\n'])('is not %j', (type) => {
    expect(typeOf({ annotations: { [key]: type } }).problems).toEqual([
      expect.stringContaining(`annotation ${key} is ${JSON.stringify(type)}: the type of a GPU`),
    ]);
  });
});

test.each([
  [{ gres: 'gpu' }, [{ count: 1, type: undefined }]],
  [{ gres: 'gpu:2' }, [{ count: 2, type: undefined }]],
  [{ gres: 'gpu:a100' }, [{ count: 1, type: 'a100' }]],
  [{ gres: 'nvme:1,gpu:a100:3(S:0-1)' }, [{ count: 3, type: 'a100' }]],
  [{ gres: 'gres/gpu=2' }, [{ count: 2, type: undefined }]],
  [{ gres: 'gres:gpu:h100:2' }, [{ count: 2, type: 'h100' }]],
  [
    { 'gpus-per-node': 'volta:3,kepler:2' },
    [
      { count: 3, type: 'volta' },
      { count: 2, type: 'kepler' },
    ],
  ],
  [{ gpus: '8' }, []],
])('gpusPerNode(%j) is %j', (flags, expected) => {
  expect(gpusPerNode(new Map(Object.entries(flags)))).toEqual(expected);
});
