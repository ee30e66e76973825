import { type KubeClient, KubeStatusError, nodes, pods, type ResourceType } from '@interlink/kube';
import { expect, test } from 'vitest';
import { podIn, virtualNode } from '../testing/objects.ts';
import { type Reader, readCluster } from './cluster-facts.ts';

const { signal } = new AbortController();
const all = { nodename: undefined, configured: async () => ['n1', 'missing'] };
const refused = (code: number) => new KubeStatusError('GET', code, undefined);

/** A cluster that has two virtual nodes and a pod on each, and forbids lists of what is named. */
function cluster(forbidden: ReadonlyArray<string> = []) {
  const asked: string[] = [];
  const reader = {
    list: async (type: ResourceType<object>, _path: object, { fieldSelector = '', labelSelector = '' }) => {
      asked.push(`${type.resource} ${fieldSelector}${labelSelector}`);
      if (forbidden.includes(type.resource) || forbidden.includes(fieldSelector)) throw refused(403);
      const named = /^spec\.nodeName=(n\d)$/.exec(fieldSelector)?.[1];
      const ofNode = [podIn('Running', `on-${named}`, { spec: { containers: [], nodeName: named ?? '' } })];
      return { metadata: {}, items: type.resource === 'nodes' ? [virtualNode('n1'), virtualNode('n2')] : ofNode };
    },
    get: async (type: ResourceType<object>, { name = '' }) => {
      if (type.resource === 'leases' && name === 'n1') return { spec: { renewTime: '2027-01-01T00:00:00.000000Z' } };
      if (type.resource === 'nodes' && name === 'n1') return virtualNode('n1');
      throw refused(404);
    },
  } as unknown as Reader satisfies Pick<KubeClient, 'get' | 'list'>;
  return { reader, asked };
}

test('readCluster() reads virtual nodes, the pods of each and their leases', async () => {
  const { reader, asked } = cluster();
  const facts = await readCluster(reader, all, signal);
  expect(facts.nodes.map(({ metadata }) => metadata?.name)).toEqual(['n1', 'n2']);
  expect(facts.pods.map(({ metadata }) => metadata?.name)).toEqual(['on-n1', 'on-n2']);
  expect(facts.heardAt).toEqual(new Map([['n1', '2027-01-01T00:00:00.000000Z']]));
  expect(asked).toEqual([
    ...[`${nodes.resource} virtual-node.interlink/type=virtual-kubelet`, `${pods.resource} spec.nodeName=n1`],
    ...[`${pods.resource} spec.nodeName=n2`, `${pods.resource} spec.nodeName=,status.phase=Pending`],
  ]);
});

test('readCluster() reads the configured nodes one by one where none may be listed', async () => {
  const { reader } = cluster(['nodes', 'spec.nodeName=,status.phase=Pending']);
  const facts = await readCluster(reader, all, signal);
  expect(facts.nodes.map(({ metadata }) => metadata?.name)).toEqual(['n1']);
  expect(facts.unscheduled).toBeUndefined();
});

test('readCluster() looks at one node when one is named, and fails where pods may not be listed', async () => {
  const { reader } = cluster();
  const facts = await readCluster(reader, { ...all, nodename: 'n2' }, signal);
  expect(facts.nodes.map(({ metadata }) => metadata?.name)).toEqual(['n2']);
  await expect(readCluster(cluster(['pods']).reader, all, signal)).rejects.toThrow();
});
