import type { Pod } from '@interlink/kube';
import { expect, test } from 'vitest';
import { newerOf } from './pod-entry.ts';

const version = (resourceVersion: string | undefined): Pod => ({
  metadata: resourceVersion === undefined ? {} : { resourceVersion },
});

test.each([
  ['7', '8', '8'],
  ['8', '7', '8'],
  ['9', '10', '10'],
  ['10', '9', '10'],
  ['99999999999999999999', '100000000000000000000', '100000000000000000000'],
  // What can't be compared counts as newer.
  ['abc', '7', '7'],
  ['7', 'abc', 'abc'],
  ['7', undefined, undefined],
  [undefined, '7', '7'],
])('newerOf() of versions %j and %j is %j', (a, b, expected) => {
  expect(newerOf(version(a), version(b)).metadata?.resourceVersion).toBe(expected);
});

test('newerOf() of equal versions is the second, of nothing and one the one', () => {
  const [a, b] = [version('7'), version('7')];
  expect(newerOf(a, b)).toBe(b);
  expect(newerOf(undefined, b)).toBe(b);
});
