import { expect, test } from 'vitest';
import { isAllowedLabel } from './node-labels.ts';

test.each([
  ['interlink.eu/site', 'cineca', true],
  ['slurm-job.vk.io/partition', 'gpu_1', true],
  ['nvidia.com/gpu.product', 'A100', true],
  ['feature.nvidia.com/x', '', true],
  ['amd.com/gpu', 'x', false],
  ['notnvidia.com/x', 'y', false],
  ['type', 'worker', false],
  ['kubernetes.io/hostname', 'other', false],
  ['node-role.kubernetes.io/control-plane', '', false],
  ['k8s.io/x', 'y', false],
  ['virtual-node.interlink/type', 'x', false],
  ['interlink.eu/a/b', 'y', false],
  ['interlink.eu/', 'y', false],
  ['interlink.eu/-a', 'y', false],
  ['INTERLINK.EU/a', 'y', false],
  ['interlink.eu/a', 'two words', false],
  ['interlink.eu/a', 'x'.repeat(64), false],
  [`${'a.'.repeat(200)}interlink.eu/a`, 'x', false],
])('isAllowedLabel(%s=%s) is %s', (key, value, wanted) => {
  // An administrator who allows what is Kubernetes' own does not get it.
  expect(isAllowedLabel(key, value, ['nvidia.com', 'kubernetes.io', 'k8s.io'])).toBe(wanted);
});
