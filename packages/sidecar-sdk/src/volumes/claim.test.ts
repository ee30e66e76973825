import { describe, expect, test } from 'vitest';
import { refuseClaim, toClaim } from './claim.ts';
import { claimFolders, parseClaims } from './claim-map.ts';

const claimOf = (more: object) => toClaim({ name: 'v', persistentVolumeClaim: { claimName: 'data', ...more } });

describe('toClaim()', () => {
  test.each([
    [{}, false],
    [{ readOnly: true }, true],
    [{ accessModes: ['ReadOnlyMany'] }, true],
    [{ accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] }, false],
  ])('of %j is read-only: %j', (more, expected) => {
    expect(claimOf(more).isReadOnly).toBe(expected);
  });

  test.each(['../x', '', 'a/b', undefined, 'A'])('refuses the name %j', (claimName) => {
    expect(() => claimOf({ claimName })).toThrow(/not the name of a claim/);
  });
});

test('refuseClaim() names the keys that would do', () => {
  const entries = { 'ns/other': { path: '/srv' }, 'storageClass:fast': { path: '/srv/{namespace}/{claim}' } };
  const claims = parseClaims('X.Claims', entries, [claimFolders]);
  const refusalOf = (more: object) => refuseClaim('X.Claims', claimOf(more), 'ns', claims);
  expect(refusalOf({ storageClassName: 'fast' })).toBeUndefined();
  expect(refusalOf({})).toMatch(/the key X\.Claims of this site has no entry ns\/data$/);
  expect(refusalOf({ storageClassName: 'slow' })).toMatch(/ns\/data or storageClass:slow$/);
});
