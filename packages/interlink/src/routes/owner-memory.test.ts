import { expect, test } from 'vitest';
import { OwnerMemory } from './owner-memory.ts';

test('OwnerMemory forgets the owners that were longest not heard of, beyond 20,000', () => {
  const memory = new OwnerMemory();
  for (let index = 0; index < 20_000; index += 1) memory.remember(`uid-${index}`, { cluster: 'v1', node: 'n' });
  memory.remember('uid-0', { cluster: 'v1', node: 'other' });
  memory.remember('uid-20000', { cluster: 'v1', node: 'n' });
  expect(memory.recall('uid-0')).toEqual({ cluster: 'v1', node: 'other' });
  expect([memory.recall('uid-1'), memory.recall('uid-2') !== undefined]).toEqual([undefined, true]);
});
