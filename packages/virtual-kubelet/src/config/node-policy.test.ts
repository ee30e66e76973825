import { expect, test } from 'vitest';
import { defaultNodePolicy, nodePolicy } from './node-policy.ts';

const unset = {
  'Policy.DaemonSetPods': 'pending',
  'Policy.NodeLabelDomains': undefined,
  'Policy.NotReadyAfter': undefined,
  'Limits.Capacity': undefined,
} as const;

test('nodePolicy() of nothing limits nothing', () => {
  expect(nodePolicy(unset)).toEqual(defaultNodePolicy);
});

test('nodePolicy() reads lists', () => {
  const policy = nodePolicy({
    ...unset,
    'Policy.NodeLabelDomains': 'nvidia.com, site.example',
    'Policy.NotReadyAfter': 600,
    'Limits.Capacity': 'cpu=64, memory=256Gi,nvidia.com/gpu=8',
  });
  expect(policy).toMatchObject({
    limits: {
      capacity: { cpu: '64', memory: '256Gi', 'nvidia.com/gpu': '8' },
      labelDomains: ['nvidia.com', 'site.example'],
    },
    notReadyAfterMs: 600_000,
  });
});

test('nodePolicy() names all that is wrong at once', () => {
  const problems = () => nodePolicy({ ...unset, 'Policy.NodeLabelDomains': 'a/b', 'Limits.Capacity': 'cpu=many,8' });
  expect(problems).toThrow(
    'Invalid configuration: Limits.Capacity holds "cpu=many": name=quantity is wanted, such as memory=256Gi; ' +
      'Limits.Capacity holds "8": name=quantity is wanted, such as memory=256Gi; ' +
      'Policy.NodeLabelDomains holds "a/b": a domain such as nvidia.com is wanted',
  );
});
