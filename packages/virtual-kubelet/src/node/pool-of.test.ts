import { expect, test } from 'vitest';
import { poolOf } from './pool-of.ts';

const capabilities = {
  protocolVersions: ['v2'],
  backend: { kind: 'k', version: '1' },
  verbs: [],
  volumeTypes: [],
  queues: true,
  pools: ['first', 'gpu', 'node-b'].map((name) => ({ name, capacity: { cpu: '1' } })),
};

test.each([
  ['the configured one', { name: 'node-b', pool: 'gpu' }, 'gpu'],
  ['none when the configured one is missing', { name: 'node-b', pool: 'tpu' }, undefined],
  ['that of the node’s name', { name: 'node-b', pool: undefined }, 'node-b'],
  ['else the first', { name: 'node-c', pool: undefined }, 'first'],
])('poolOf() is %s', (_, node, name) => {
  expect(poolOf(capabilities, node)?.name).toBe(name);
});

test('poolOf() a backend without pools is none', () => {
  expect(poolOf({ ...capabilities, pools: [] }, { name: 'a', pool: undefined })).toBeUndefined();
});
