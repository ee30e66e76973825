import type { Node } from '@interlink/kube';
import { expect, test } from 'vitest';
import { ownedAnnotation, withOthers } from './backend-owned.ts';

const nodeOf = (labels: Record<string, string>, capacity: Record<string, string>): Node => ({
  metadata: { name: 'n', labels },
  status: { capacity, allocatable: { ...capacity } },
});

test('withOthers() takes back what was ours, and only that', () => {
  const theirs = nodeOf({ team: 'a' }, { cpu: '1', 'example.com/dongle': '2' });
  const first = withOthers(
    theirs,
    nodeOf({ 'interlink.eu/gpu': 'a100', type: 't' }, { cpu: '4', 'nvidia.com/gpu': '8' }),
    ['interlink.eu/gpu'],
  );
  expect(first.metadata?.labels).toEqual({ team: 'a', type: 't', 'interlink.eu/gpu': 'a100' });
  expect(first.status?.capacity).toEqual({ cpu: '4', 'nvidia.com/gpu': '8', 'example.com/dongle': '2' });

  const second = withOthers(first, nodeOf({ type: 't' }, { cpu: '4' }), []);
  expect(second.metadata?.labels).toEqual({ team: 'a', type: 't' });
  const left = { cpu: '4', 'nvidia.com/gpu': '0', 'example.com/dongle': '2' };
  expect([second.status?.capacity, second.status?.allocatable]).toEqual([left, left]);
  expect(second.metadata?.annotations).toEqual({});
  expect(withOthers(second, nodeOf({ type: 't' }, { cpu: '4' }), []).status?.capacity).toEqual(left);
});

test('withOthers() keeps annotations, the spec, and whatever else a node has', () => {
  const current: Node = {
    metadata: { name: 'n', uid: 'u', annotations: { theirs: 'x', [ownedAnnotation]: 'edited by somebody' } },
    spec: { unschedulable: true },
    status: { images: [] },
  };
  const node = withOthers(current, nodeOf({}, {}), []);
  expect(node).toMatchObject({
    metadata: { uid: 'u', annotations: { theirs: 'x' } },
    spec: current.spec,
    status: { images: [] },
  });
});
