import { expect, test } from 'vitest';
import { parseClaims } from './claim-map.ts';
import { parseHostPaths } from './host-path-policy.ts';
import { offeredTypes } from './offered-types.ts';

const files = ['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'];
const nothing = { hostPaths: parseHostPaths(undefined, []), claims: parseClaims(undefined) };

test('offeredTypes() follows what the administrator allows', () => {
  expect(offeredTypes(nothing, true)).toEqual(files);
  const some = { hostPaths: parseHostPaths(['/srv'], []), claims: parseClaims({ 'a/b': { path: '/srv/b' } }) };
  expect(offeredTypes(some, true)).toEqual([...files, 'hostPath', 'persistentVolumeClaim']);
});

test('offeredTypes() has nothing of this machine for an engine that does not see it', () => {
  const some = { hostPaths: parseHostPaths(['/srv'], []), claims: parseClaims({ 'a/b': { path: '/srv/b' } }) };
  expect(offeredTypes(some, false)).toEqual([]);
  expect(offeredTypes({ ...some, claims: parseClaims({ 'a/b': { dockerVolume: 'b1' } }) }, false)).toEqual([
    'persistentVolumeClaim',
  ]);
});
