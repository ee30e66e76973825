import { expect, test } from 'vitest';
import { planElection } from './plan-election.ts';

const unset = {
  'LeaderElection.Enabled': undefined,
  'LeaderElection.Namespace': undefined,
  'LeaderElection.Name': undefined,
};
const pod = { isInCluster: true, namespace: 'interlink' };

test.each([
  ['in a pod', {}, pod, { namespace: 'interlink', name: 'interlink-vk-n1' }],
  ['in a pod that is told not to', { 'LeaderElection.Enabled': false }, pod, undefined],
  ['with a kubeconfig', {}, { namespace: 'dev' }, undefined],
  [
    'with a kubeconfig, told to',
    { 'LeaderElection.Enabled': true },
    { namespace: 'dev' },
    { namespace: 'dev', name: 'interlink-vk-n1' },
  ],
  [
    'with a kubeconfig without a namespace',
    { 'LeaderElection.Enabled': true },
    {},
    { namespace: 'default', name: 'interlink-vk-n1' },
  ],
  [
    'with names of its own',
    { 'LeaderElection.Namespace': 'ns', 'LeaderElection.Name': 'l' },
    pod,
    { namespace: 'ns', name: 'l' },
  ],
])('planElection() %s', (_, config, access, election) => {
  expect(planElection({ ...unset, ...config }, access, 'n1')).toEqual(election);
});
