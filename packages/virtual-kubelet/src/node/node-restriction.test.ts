import { expect, test } from 'vitest';
import { mayLabelItself } from './node-restriction.ts';

test.each([
  'type',
  'pool',
  'example.org/pool',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'topology.kubernetes.io/zone',
  'node.kubernetes.io/exclude-from-external-load-balancers',
  'kubelet.kubernetes.io/anything',
  'site.node.kubernetes.io/anything',
  'notkubernetes.io/role',
])('mayLabelItself() allows %s', (key) => {
  expect(mayLabelItself(key)).toBe(true);
});

test.each([
  'kubernetes.io/role',
  'node-role.kubernetes.io/worker',
  'node-restriction.kubernetes.io/team',
  'k8s.io/x',
  'a.k8s.io/x',
])('mayLabelItself() refuses %s', (key) => {
  expect(mayLabelItself(key)).toBe(false);
});
