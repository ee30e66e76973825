import { expect, test } from 'vitest';
import { parsePingResponse, toPingResponse, toPool } from './ping.ts';

test('toPool() of a ping with resources and taints', () => {
  const taints = [{ key: 'site/full', value: 'yes', effect: 'NoSchedule' as const }];
  const accelerators = [{ resourceType: 'nvidia.com/gpu', available: 2 }];
  const resources = { cpu: '8', memory: '16Gi', pods: 100, accelerators };
  const ping = parsePingResponse(JSON.stringify({ status: 'ok', resources, taints }));
  expect(ping && toPool(ping)).toEqual({
    name: 'default',
    capacity: { cpu: '8', memory: '16Gi', pods: '100', 'nvidia.com/gpu': '2' },
    taints,
  });
});

test('toPool() tells taints that are cleared from taints that nobody spoke of', () => {
  expect(toPool({ taints: [] })).toEqual({ name: 'default', capacity: {}, taints: [] });
  expect(toPool({ resources: { cpu: '', pods: '1' } })).toEqual({ name: 'default', capacity: { pods: '1' } });
  expect(toPool({ status: 'ok' })).toBeUndefined();
});

test('toPingResponse() of capabilities is read as their first pool', () => {
  const capacity = { cpu: '8', memory: '16Gi', pods: '100', 'ephemeral-storage': '1Ti', 'nvidia.com/gpu': '2' };
  const taints = [{ key: 'site/full', effect: 'NoSchedule' as const }];
  const backend = { kind: 'slurm', version: '24.11' };
  const rest = { protocolVersions: ['v2'], backend, verbs: [], volumeTypes: [], queues: true };
  const ping = toPingResponse({ ...rest, pools: [{ name: 'cpu', capacity, taints }] });
  expect(ping.resources?.accelerators).toEqual([{ resourceType: 'nvidia.com/gpu', available: 2 }]);
  const { 'ephemeral-storage': _unknownToV1, ...known } = capacity;
  expect(toPool(ping)).toEqual({ name: 'default', capacity: known, taints });
  expect(toPingResponse({ ...rest, pools: [] })).toEqual({ status: 'ok' });
});

test.each(['', 'pong', '[]', '{"resources": "many"}', '{"taints": [{"key": "a", "effect": "Sometimes"}]}'])(
  'parsePingResponse() of %j knows nothing',
  (body) => {
    expect(parsePingResponse(body)).toBeUndefined();
  },
);

test('parsePingResponse() takes nulls as absent', () => {
  expect(parsePingResponse('{"status": "ok", "resources": null, "taints": null}')).toEqual({ status: 'ok' });
});
