import { expect, test } from 'vitest';
import { chooseOwners } from './choose-owners.ts';

const config = {
  ClusterID: 'west',
  VirtualNodes: [{ Name: 'n1' }, { Pool: 'nameless' }, 'no map'],
  Sidecars: [{ Name: 's', URL: 'http://127.0.0.1:1', Nodes: ['n2', 'east/n3', 'east/*', 'west/n1'] }],
  'Policy.Grants': [
    { Identities: ['a'], Owners: ['*', 'east/n4'] },
    { Groups: ['g'], Operator: true },
  ],
};
const nothing = { ClusterID: undefined, VirtualNodes: undefined, Sidecars: undefined, 'Policy.Grants': undefined };

test('chooseOwners() takes those of the cluster and those that the configuration names in full', () => {
  const ofCluster = [{ cluster: 'uid', node: 'n0' }];
  expect(chooseOwners({ asked: [], config, ofCluster })).toEqual([
    ...[ofCluster[0], { cluster: 'west', node: 'n1' }, { cluster: 'east', node: 'n4' }],
    { cluster: 'east', node: 'n3' },
  ]);
  expect(chooseOwners({ asked: [], config: nothing, ofCluster: [] })).toEqual([]);
});

test('chooseOwners() takes only those that are asked for, each once', () => {
  const [one, same] = [
    { cluster: 'a', node: 'b' },
    { cluster: 'a', node: 'b' },
  ];
  expect(chooseOwners({ asked: [one, same], config, ofCluster: [] })).toEqual([one]);
});
