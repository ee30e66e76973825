import { expect, test } from 'vitest';
import { matchesNode } from './node-affinity.ts';
import { newPod } from './testing/pods.ts';

const node = { name: 'virtual-1', labels: { zone: 'a', cores: '16', empty: '' } };
type Term = { matchExpressions?: object[]; matchFields?: object[] };
const withTerms = (...nodeSelectorTerms: Term[]) =>
  newPod({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } as never,
  });
const expression = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });

test.each<[object, boolean]>([
  [expression('zone', 'In', 'b', 'a'), true],
  [expression('zone', 'In', 'b'), false],
  [expression('absent', 'In', 'b'), false],
  [expression('zone', 'NotIn', 'b'), true],
  [expression('zone', 'NotIn', 'a'), false],
  [expression('absent', 'NotIn', 'a'), true],
  [expression('empty', 'Exists'), true],
  [expression('toString', 'Exists'), false],
  [expression('absent', 'DoesNotExist'), true],
  [expression('zone', 'DoesNotExist'), false],
  [expression('cores', 'Gt', '9'), true],
  [expression('cores', 'Gt', '16'), false],
  [expression('cores', 'Lt', '17'), true],
  [expression('cores', 'Lt', '+16'), false],
  [expression('zone', 'Gt', '1'), false],
  [expression('cores', 'Near', '16'), false],
])('matchesNode() of %o is %s', (requirement, wanted) => {
  expect(matchesNode(withTerms({ matchExpressions: [requirement] }), node)).toBe(wanted);
});

test('matchesNode() wants every requirement of any one term', () => {
  const [right, wrong] = [expression('zone', 'In', 'a'), expression('zone', 'In', 'b')];
  expect(matchesNode(withTerms({ matchExpressions: [right, wrong] }), node)).toBe(false);
  expect(matchesNode(withTerms({ matchExpressions: [wrong] }, { matchExpressions: [right] }), node)).toBe(true);
  expect(matchesNode(withTerms({}), node)).toBe(false);
});

test('matchesNode() knows the node by its name', () => {
  expect(matchesNode(withTerms({ matchFields: [expression('metadata.name', 'In', 'virtual-1')] }), node)).toBe(true);
  expect(matchesNode(withTerms({ matchFields: [expression('metadata.name', 'In', 'other')] }), node)).toBe(false);
});

test('matchesNode() wants the whole node selector, beside the affinity', () => {
  expect(matchesNode(newPod({ nodeSelector: { zone: 'a', empty: '' } }), node)).toBe(true);
  expect(matchesNode(newPod({ nodeSelector: { zone: 'a', absent: '' } }), node)).toBe(false);
  expect(matchesNode(newPod(), node)).toBe(true);
});
