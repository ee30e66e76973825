import { expect, test } from 'vitest';
import { parseCapabilities } from './capabilities.ts';
import { parseStreamRecord } from './stream/stream-record.ts';

const told = {
  protocolVersions: ['v2', 'v9'],
  backend: { kind: 'k', version: '1' },
  verbs: ['create', 'teleport', 'log'],
  volumeTypes: ['secret', 'hologram'],
  queues: false,
  pools: [],
};

test('of the capabilities of a later release, verbs and types of volumes that nobody here knows are left out', () => {
  const known = { ...told, verbs: ['create', 'log'], volumeTypes: ['secret'] };
  expect(parseCapabilities(told)).toEqual(known);
  expect(parseStreamRecord({ type: 'capabilities', capabilities: told })).toEqual({
    type: 'capabilities',
    capabilities: known,
  });
});

test.for([
  undefined,
  'text',
  {},
  { ...told, verbs: 'create' },
  { ...told, verbs: [1] },
  { ...told, volumeTypes: undefined },
])('what is no capabilities is refused: %j', (wrong) => {
  expect(() => parseCapabilities(wrong)).toThrow(/Invalid capabilities/);
  expect(() => parseStreamRecord({ type: 'capabilities', capabilities: wrong })).toThrow(/Invalid stream record/);
});
