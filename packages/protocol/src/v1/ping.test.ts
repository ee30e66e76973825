import { expect, test } from 'vitest';
import { parsePingResponse, toPool } from './ping.ts';

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

test.each(['', 'pong', '[]', '{"resources": "many"}', '{"taints": [{"key": "a", "effect": "Sometimes"}]}'])(
  'parsePingResponse() of %j knows nothing',
  (body) => {
    expect(parsePingResponse(body)).toBeUndefined();
  },
);

test('parsePingResponse() takes nulls as absent', () => {
  expect(parsePingResponse('{"status": "ok", "resources": null, "taints": null}')).toEqual({ status: 'ok' });
});
