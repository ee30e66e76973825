import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeClaimFolder, refuseClaim, toClaim } from './claim.ts';
import { parseClaims } from './claim-map.ts';

let root = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-claim-')));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const claimOf = (more: object) => toClaim({ name: 'v', persistentVolumeClaim: { claimName: 'data', ...more } });
const names = { namespace: 'ns', claim: 'data', volume: 'v' };

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
  const claims = parseClaims({
    'ns/other': { path: '/srv' },
    'storageClass:fast': { dockerVolume: 'a_{namespace}_{claim}' },
  });
  expect(refuseClaim(claimOf({ storageClassName: 'fast' }), 'ns', claims)).toBeUndefined();
  expect(refuseClaim(claimOf({}), 'ns', claims)).toMatch(/has no entry ns\/data$/);
  expect(refuseClaim(claimOf({ storageClassName: 'slow' }), 'ns', claims)).toMatch(/ns\/data or storageClass:slow$/);
});

describe('makeClaimFolder()', () => {
  test('makes what comes from placeholders, for any user, and only that', async () => {
    expect(await makeClaimFolder(join(root, '{namespace}/x/{claim}'), names)).toBe(join(root, 'ns/x/data'));
    expect((await stat(join(root, 'ns/x'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(root, 'ns/x/data'))).mode & 0o777).toBe(0o777);
    await expect(makeClaimFolder(join(root, 'absent/{claim}'), names)).rejects.toThrow(
      /absent, where .* does not exist/,
    );
  });

  test('leaves a folder of the administrator’s own as it is', async () => {
    await mkdir(join(root, 'own'), { mode: 0o700 });
    expect(await makeClaimFolder(join(root, 'own'), names)).toBe(join(root, 'own'));
    expect((await stat(join(root, 'own'))).mode & 0o777).toBe(0o700);
  });
});
