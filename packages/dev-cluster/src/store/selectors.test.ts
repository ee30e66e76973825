import { expect, test } from 'vitest';
import { pods } from '../kinds/kinds.ts';
import type { KubeObject } from '../object.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';

test.each([
  ['a=1', true],
  ['a==1,b=2', true],
  ['a!=1', false],
  ['c!=1', true],
  ['a in (1,2)', true],
  ['a notin (1, 2)', false],
  ['c notin (1)', true],
  ['a', true],
  ['c', false],
  ['!c', true],
  ['a in (1,2),b in (3)', false],
  ['', true],
])('parseLabelSelector(%j) of a=1,b=2 is %j', (selector, wanted) => {
  expect(parseLabelSelector(selector)({ a: '1', b: '2' })).toBe(wanted);
});

test('parseLabelSelector() refuses what is no selector', () => {
  expect(() => parseLabelSelector('a=(')).toThrow('unable to parse requirement');
});

test('parseFieldSelector() reads fields of the kind, and refuses others', () => {
  const pod = { metadata: { name: 'p' }, spec: { nodeName: 'n' } } as unknown as KubeObject;
  const matches = (selector: string) => parseFieldSelector(pods, selector)(pod);
  expect(['spec.nodeName=n,metadata.name=p', 'spec.nodeName!=n', 'status.phase='].map(matches)).toEqual([
    true,
    false,
    true,
  ]);
  expect(() => matches('spec.hostname=x')).toThrow('field label not supported: spec.hostname');
});
