import { expect, test } from 'vitest';
import { OwnerMemory } from './owner-memory.ts';

test('OwnerMemory forgets the owners that were longest not heard of, beyond 20,000', () => {
  const memory = new OwnerMemory();
  for (let index = 0; index < 20_000; index += 1) memory.remember(`uid-${index}`, { cluster: 'v1', node: 'n' });
  memory.remember('uid-0', { cluster: 'v1', node: 'other' });
  memory.remember('uid-20000', { cluster: 'v1', node: 'n' });
  expect(memory.recall('uid-0').map(({ node }) => node)).toEqual(['n', 'other']);
  expect([memory.recall('uid-1').length, memory.recall('uid-2').length]).toEqual([0, 1]);
});

test('OwnerMemory keeps a UID for whoever has it, and a bounded number of them', () => {
  const memory = new OwnerMemory();
  for (let index = 0; index < 20; index += 1) memory.remember('uid', { cluster: 'v1', node: `n${index}` });
  memory.remember('uid', { cluster: 'v1', node: 'n15' });
  expect(memory.recall('uid').map(({ node }) => node)).toEqual([
    'n12',
    'n13',
    'n14',
    'n16',
    'n17',
    'n18',
    'n19',
    'n15',
  ]);
});
