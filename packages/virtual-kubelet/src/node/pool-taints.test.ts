import type { Node, Taint } from '@interlink/kube';
import { expect, test } from 'vitest';
import { poolTaintsAnnotation, poolTaintsPatch } from './pool-taints.ts';

const full: Taint = { key: 'site.example/full', value: 'yes', effect: 'NoSchedule' };
const admins: Taint = { key: 'maintenance', effect: 'NoExecute' };

function nodeWith(taints: ReadonlyArray<Taint>, owned?: string): Node {
  const annotations = owned === undefined ? {} : { [poolTaintsAnnotation]: owned };
  return { metadata: { name: 'n', resourceVersion: '7', annotations }, spec: { taints: [...taints] } };
}

const patch = (taints: ReadonlyArray<Taint>, annotation: string | null) => ({
  metadata: { resourceVersion: '7', annotations: { [poolTaintsAnnotation]: annotation } },
  spec: { taints },
});

test('poolTaintsPatch() adds the pool’s taints to others’, and remembers which they are', () => {
  expect(poolTaintsPatch(nodeWith([admins]), [full])).toEqual(
    patch([admins, full], '["site.example/full:NoSchedule"]'),
  );
});

test('poolTaintsPatch() takes away what the pool told of before, and nothing else', () => {
  const owned = '["site.example/full:NoSchedule"]';
  expect(poolTaintsPatch(nodeWith([admins, full], owned), [])).toEqual(patch([admins], null));
  expect(poolTaintsPatch(nodeWith([admins, full], owned), [{ ...full, value: 'no' }])).toEqual(
    patch([admins, { ...full, value: 'no' }], owned),
  );
});

test('poolTaintsPatch() leaves a node alone that is as it is to be, or whose pool says nothing', () => {
  expect(poolTaintsPatch(nodeWith([full, admins], '["site.example/full:NoSchedule"]'), [full])).toBeUndefined();
  expect(poolTaintsPatch(nodeWith([full], '["site.example/full:NoSchedule"]'), undefined)).toBeUndefined();
  expect(poolTaintsPatch(nodeWith([]), [])).toBeUndefined();
});

test('poolTaintsPatch() does not take over a taint that somebody else has set, whatever the annotation says', () => {
  expect(poolTaintsPatch(nodeWith([full]), [{ ...full, value: 'no' }])).toBeUndefined();
  expect(poolTaintsPatch(nodeWith([admins], 'no JSON'), [])).toBeUndefined();
});
