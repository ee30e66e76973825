import { parseHostPaths } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { parseDockerClaims } from './claim-targets.ts';
import { offeredTypes } from './offered-types.ts';

const files = ['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'];
const nothing = { hostPaths: parseHostPaths('Docker.HostPaths', undefined, []), claims: parseDockerClaims(undefined) };

test('offeredTypes() follows what the administrator allows', () => {
  expect(offeredTypes(nothing, true)).toEqual(files);
  const some = {
    hostPaths: parseHostPaths('Docker.HostPaths', ['/srv'], []),
    claims: parseDockerClaims({ 'a/b': { path: '/srv/b' } }),
  };
  expect(offeredTypes(some, true)).toEqual([...files, 'hostPath', 'persistentVolumeClaim']);
});

test('offeredTypes() has nothing of this machine for an engine that does not see it', () => {
  const some = {
    hostPaths: parseHostPaths('Docker.HostPaths', ['/srv'], []),
    claims: parseDockerClaims({ 'a/b': { path: '/srv/b' } }),
  };
  expect(offeredTypes(some, false)).toEqual([]);
  expect(offeredTypes({ ...some, claims: parseDockerClaims({ 'a/b': { dockerVolume: 'b1' } }) }, false)).toEqual([
    'persistentVolumeClaim',
  ]);
});
