import { expect, test } from 'vitest';
import { keepEqualQuantities } from './keep-equal-quantities.ts';

test.each([
  [{ memory: '1Gi' }, { memory: '1024Mi' }, { memory: '1Gi' }],
  [{ cpu: '500m' }, { cpu: '0.5' }, { cpu: '500m' }],
  [{ cpu: '1' }, { cpu: '2' }, { cpu: '2' }],
  [{ cpu: '1', 'nvidia.com/gpu': '4' }, { cpu: '1' }, { cpu: '1' }],
  [undefined, { cpu: '1' }, { cpu: '1' }],
])('keepEqualQuantities() of %j that the API has and %j wanted', (current, wanted, expected) => {
  expect(keepEqualQuantities(current as Record<string, string> | undefined, wanted as Record<string, string>)).toEqual(
    expected,
  );
});
