import { expect, test } from 'vitest';
import { podIn, virtualNode } from '../testing/objects.ts';
import { toClusterStatus } from './cluster-status.ts';

const on = (nodeName: string) => ({ spec: { containers: [], nodeName } });
const tolerating = (key?: string) => ({
  spec: { containers: [], tolerations: [{ operator: 'Exists', ...(key === undefined ? {} : { key }) }] },
});
const ours = 'virtual-node.interlink/no-schedule';
const nothing = { pods: [], unscheduled: [], heardAt: new Map() };

test('toClusterStatus() counts pods by node, and finds the oldest that waits, with the reason', () => {
  const pods = [
    podIn('Running', 'r', on('n1')),
    podIn('Pending', 'young', on('n1')),
    podIn('Pending', 'old', {
      metadata: { creationTimestamp: '2026-12-31T00:00:00Z' },
      ...on('n2'),
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Queued', message: 'PENDING: Priority' }] },
    }),
  ];
  const heardAt = new Map([['n1', '2027-01-01T00:00:09Z']]);
  const status = toClusterStatus({ nodes: [virtualNode('n2'), virtualNode('n1')], pods, unscheduled: [], heardAt });
  expect(status.nodes).toMatchObject([
    { name: 'n1', state: 'Ready', backend: 'the backend is within reach', heardAt: '2027-01-01T00:00:09Z' },
    { name: 'n2', state: 'Ready', runtime: 'slurm://24.11', capacity: { cpu: '4', pods: '10' }, heardAt: undefined },
  ]);
  expect(status.nodes[0]?.pods).toEqual({
    ...{ Pending: 1, Running: 1, Succeeded: 0, Failed: 0, Unknown: 0, Terminating: 0 },
  });
  expect(status.oldestPending).toEqual({
    ...{ namespace: 'default', name: 'old', node: 'n2', since: '2026-12-31T00:00:00Z' },
    reason: 'Queued: PENDING: Priority',
  });
});

test('toClusterStatus() counts pods without a node that name a virtual node’s taint, and no others', () => {
  const unscheduled = [podIn('Pending', 'meant', tolerating(ours)), podIn('Pending', 'daemon', tolerating())];
  const other = podIn('Pending', 'other', tolerating('gpu'));
  const status = toClusterStatus({
    ...{ ...nothing, nodes: [virtualNode('n1')] },
    unscheduled: [other, ...unscheduled],
  });
  expect(status).toMatchObject({ unscheduled: 1, oldestPending: { name: 'meant', node: undefined } });
  const unknown = toClusterStatus({ ...nothing, nodes: [], unscheduled: undefined });
  expect([unknown.unscheduled, unknown.oldestPending]).toEqual([undefined, undefined]);
});

test('toClusterStatus() says why a node is not ready, and that it is cordoned', () => {
  const lost = { conditions: [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }] };
  const nodes = [virtualNode('a', lost), { ...virtualNode('b'), spec: { unschedulable: true } }, virtualNode('c', {})];
  const [a, b] = toClusterStatus({ ...nothing, nodes }).nodes;
  expect([a?.state, a?.backend]).toEqual(['NotReady (Kubelet stopped posting node status.)', undefined]);
  expect(b?.state).toBe('Ready, cordoned');
});
