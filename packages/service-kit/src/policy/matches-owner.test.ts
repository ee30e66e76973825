import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesOwner } from './matches-owner.ts';
import { matchesPattern } from './matches-pattern.ts';

test.each([
  ['c1/n1', 'c1', 'n1', true],
  ['c1/n1', 'c1', 'n10', false],
  ['c1/n1', 'c10', 'n1', false],
  ['c1/n1', 'C1', 'n1', false],
  ['c1/*', 'c1', 'anything.at-all', true],
  ['c1/*', 'c2', 'n1', false],
  ['*/n1', 'c2', 'n1', true],
  ['c1/team-a-*', 'c1', 'team-a-1', true],
  ['c1/team-a-*', 'c1', 'team-a', false],
  ['c1/team-a*', 'c1', 'team-ab', true],
  ['c1/*-gpu', 'c1', 'a-gpu', true],
  ['c1/*-gpu', 'c1', '-gpux', false],
  ['c1/a*a', 'c1', 'a', false],
  ['c1/a*a', 'c1', 'aa', true],
  ['c1/a*b*c', 'c1', 'a-b-b-c', true],
  ['c1/a*bc*c', 'c1', 'abc', false],
  ['c1/a.c', 'c1', 'abc', false],
  ['*', 'c1', 'n1', true],
  ['*/*', 'c1', 'n1', true],
  ['c1', 'c1', 'n1', false],
  ['c1/n1/x', 'c1', 'n1', false],
])('matchesOwner(%j, %s/%s) is %j', (pattern, cluster, node, expected) => {
  expect(matchesOwner(pattern, { cluster, node })).toBe(expected);
});

const letters = fc.stringMatching(/^[a-z0-9.-]{1,12}$/);
const patterns = fc.stringMatching(/^[ab*.-]{1,8}$/);
const texts = fc.stringMatching(/^[ab.-]{0,10}$/);

test('matchesPattern() is what the regular expression of the pattern says', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const expression = pattern
        .split('*')
        .map((part) => part.replaceAll('.', '\\.'))
        .join('[^]*');
      expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${expression}$`).test(text));
    }),
    { numRuns: 5_000 },
  );
});

test('matchesOwner() without a star is that owner and no other', () => {
  fc.assert(
    fc.property(letters, letters, letters, letters, (cluster, node, otherCluster, otherNode) => {
      const isSame = cluster === otherCluster && node === otherNode;
      expect(matchesOwner(`${cluster}/${node}`, { cluster: otherCluster, node: otherNode })).toBe(isSame);
    }),
  );
});

test('matchesOwner() with stars in the node keeps to its cluster, and with a prefix to that prefix', () => {
  fc.assert(
    fc.property(letters, letters, letters, letters, (cluster, prefix, otherCluster, node) => {
      const matches = matchesOwner(`${cluster}/${prefix}*`, { cluster: otherCluster, node });
      expect(matches).toBe(cluster === otherCluster && node.startsWith(prefix));
    }),
  );
});
