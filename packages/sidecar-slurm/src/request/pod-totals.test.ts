import { describe, expect, test } from 'vitest';
import { limits, podWith } from '../testing/pods.ts';
import { refuseResources, toPodTotals } from './pod-totals.ts';

const totalsOf = (parts: Parameters<typeof podWith>[0]) => toPodTotals(podWith(parts).spec);
const always = { restartPolicy: 'Always' };

describe('toPodTotals()', () => {
  test.each<[string, Parameters<typeof podWith>[0], object]>([
    ['nothing', {}, { cpus: undefined, memoryMiB: undefined, gpus: 0 }],
    ['a limit', { container: limits({ cpu: '1500m', memory: '100Mi' }) }, { cpus: 2, memoryMiB: 100 }],
    ['a request', { container: { resources: { requests: { cpu: '1', memory: '1G' } } } }, { cpus: 1, memoryMiB: 954 }],
    [
      'a limit before a request',
      { container: { resources: { requests: { cpu: '1' }, limits: { cpu: '4' } } } },
      { cpus: 4 },
    ],
    ['main containers together', { containers: [limits({ cpu: '0.1' }), limits({ cpu: '0.2' })] }, { cpus: 1 }],
    ['thirds exactly', { containers: ['0.1', '0.2', '0.7'].map((cpu) => limits({ cpu })) }, { cpus: 1 }],
    ['a hair more', { containers: ['0.1', '0.2', '701m'].map((cpu) => limits({ cpu })) }, { cpus: 2 }],
    [
      'the largest init container',
      { initContainers: [limits({ cpu: '8' }), limits({ cpu: '2' })], container: limits({ cpu: '3' }) },
      { cpus: 8 },
    ],
    [
      'sidecars beside the main containers',
      { initContainers: [limits({ cpu: '2' }, always)], container: limits({ cpu: '3' }) },
      { cpus: 5 },
    ],
    [
      'an init container beside the sidecars before it',
      { initContainers: [limits({ cpu: '2' }, always), limits({ cpu: '4' })], container: limits({ cpu: '1' }) },
      { cpus: 6 },
    ],
    ['zero as nothing', { container: limits({ cpu: '0', memory: '0' }) }, { cpus: undefined, memoryMiB: undefined }],
    ['a byte too much as one more MiB', { container: limits({ memory: '1048577' }) }, { memoryMiB: 2 }],
    [
      'GPUs of all containers',
      { containers: [limits({ 'nvidia.com/gpu': '1' }), limits({ 'nvidia.com/gpu': '2' })] },
      { gpus: 3 },
    ],
    [
      'resources of the pod before those of containers',
      { spec: { resources: { limits: { cpu: '6' } } }, container: limits({ cpu: '1', memory: '5Mi' }) },
      { cpus: 6, memoryMiB: 5 },
    ],
  ])('counts %s', (_, parts, totals) => {
    expect(totalsOf(parts)).toMatchObject(totals);
  });
});

describe('refuseResources()', () => {
  test.each([
    [{ 'example.com/fpga': '1' }, /container c0 asks for 1 example\.com\/fpga, which is not offered here/],
    [{ 'hugepages-2Mi': '4Mi' }, /hugepages-2Mi, which is not offered here/],
    [{ 'nvidia.com/gpu': '0.5' }, /0\.5 nvidia\.com\/gpu: a whole number is wanted/],
    [{ cpu: '-1' }, /-1 cpu: a quantity is wanted/],
    [{ 'nvidia.com/gpu': '1', 'amd.com/gpu': '1' }, /GPUs of two kinds \(nvidia\.com\/gpu, amd\.com\/gpu\)/],
  ])('refuses %j', (resources, message) => {
    expect(refuseResources(podWith({ container: limits(resources) }).spec)).toEqual([expect.stringMatching(message)]);
  });

  test('takes what a job can have', () => {
    const container = limits({ cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi', 'nvidia.com/gpu': '1' });
    expect(refuseResources(podWith({ container }).spec)).toEqual([]);
  });
});
