import { expect, test } from 'vitest';
import { type ClaimFolder, type ClaimKind, claimFolders, expandClaim, fixedPart, parseClaims } from './claim-map.ts';

const names: ClaimKind<ClaimFolder | { readonly name: string }> = {
  member: 'name',
  read: (text) => (text.includes('/') ? undefined : { name: text }),
  wrong: 'is no name',
};
const parse = (entries: Record<string, unknown>) => parseClaims('X.Claims', entries, [claimFolders, names]);

test('parseClaims() reads claims and classes', () => {
  const claims = parse({
    'team-a/data': { path: '/srv/data' },
    'storageClass:fast.example.com': { path: '/srv/{namespace}/{claim}' },
    'storageClass:named': { name: 'k8s_{namespace}_{claim}' },
  });
  expect(claims.get('team-a/data')).toEqual({ path: '/srv/data' });
  expect(claims.size).toBe(3);
});

test.each<[string, unknown, RegExp]>([
  ['data', { path: '/srv' }, /"data": namespace\/claim or storageClass:NAME is wanted/],
  ['a/../b', { path: '/srv' }, /is wanted/],
  ['a/b', '/srv', /"\/srv" is neither/],
  ['a/b', { path: '/srv', name: 'v' }, /is neither/],
  ['a/b', { volume: 'v' }, /is neither/],
  ['a/b', { path: 'srv' }, /no absolute path/],
  ['a/b', { path: '/srv/../etc' }, /no absolute path/],
  ['a/b', { path: '/{claim}' }, /no absolute path that begins with a folder's name/],
  ['a/b', { path: '/srv/{pod}' }, /\{pod\} in .* is none of \{namespace\}, \{claim\}, \{volume\}/],
  ['a/b', { path: '/srv/{claim' }, /is none of/],
  ['a/b', { name: '../x' }, /name "\.\.\/x" is no name/],
  // Namespace a-b with claim c, and namespace a with claim b-c.
  ['storageClass:x', { path: '/srv/{namespace}-{claim}' }, /needs "\/" or "_" between/],
  ['storageClass:x', { path: '/srv/{claim}' }, /claims would share it/],
])('parseClaims() refuses %j with %j', (key, entry, message) => {
  expect(() => parse({ [key]: entry })).toThrow(message);
});

test('expandClaim() and fixedPart()', () => {
  const names = { namespace: 'ns', claim: 'c', volume: 'v' };
  expect(expandClaim('/srv/{namespace}/x-{claim}/{volume}/{claim}', names)).toBe('/srv/ns/x-c/v/c');
  expect([fixedPart('/srv/a/x-{claim}/b'), fixedPart('/srv/a')]).toEqual(['/srv/a', '/srv/a']);
});
