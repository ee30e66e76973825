import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownerKey, ownerPath, parseOwner, parseOwnerKey } from './owner.ts';

const owners = fc.record({
  cluster: fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/),
  node: fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?(\.[a-z0-9]{1,5})?$/),
});

test('ownerPath() and ownerKey() lead back to the owner', () => {
  fc.assert(
    fc.property(owners, (owner) => {
      const [, , , cluster = '', , node = ''] = ownerPath(owner).split('/').map(decodeURIComponent);
      expect(parseOwner({ cluster, node })).toEqual(owner);
      expect(parseOwnerKey(ownerKey(owner))).toEqual(owner);
    }),
  );
});

test('parseOwner() refuses what is no name', () => {
  expect(() => parseOwner({ cluster: 'c', node: '../n' })).toThrow('is not a node name');
  expect(() => parseOwner({ node: 'n' })).toThrow('is not a cluster name');
  expect(() => parseOwnerKey('no-slash')).toThrow('is not a');
});
