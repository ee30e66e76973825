import { Policy } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { visibleCapabilities } from './visible-capabilities.ts';

const capabilities = {
  protocolVersions: ['v2'],
  verbs: ['create', 'list', 'log', 'exec', 'attach', 'portForward', 'a-verb-to-come'],
  pools: [{ name: 'cpu' }, { name: 'gpu' }],
  more: 1,
};
const policy = new Policy({
  'Policy.Grants': [
    { Identities: ['a'], Owners: ['c1/a'], Pools: ['gpu'], DenyStreams: ['exec'] },
    { Identities: ['b'], Owners: ['c1/b'] },
    { Identities: ['ops'], Operator: true },
  ],
  'Policy.DenyStreams': [{ Streams: ['portforward'] }],
});

test.each([
  ['a', ['create', 'list', 'log', 'attach', 'a-verb-to-come'], ['gpu']],
  ['b', ['create', 'list', 'log', 'exec', 'attach', 'a-verb-to-come'], ['cpu', 'gpu']],
  ['ops', ['list', 'log'], ['cpu', 'gpu']],
  ['nobody', ['list', 'log'], []],
])('visibleCapabilities() shows %s the verbs %j and the pools %j', (name, verbs, pools) => {
  const seen = visibleCapabilities(capabilities, policy.rightsOf({ name, groups: [] }));
  expect(seen).toEqual({ ...capabilities, verbs, pools: pools.map((pool) => ({ name: pool })) });
});

test.each([undefined, null, 'text', {}, { pools: 'x', verbs: 1 }])(
  'visibleCapabilities() leaves %j as it is',
  (value) => {
    expect(visibleCapabilities(value, policy.rightsOf({ name: 'b', groups: [] }))).toEqual(value);
  },
);
