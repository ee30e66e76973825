import type { Capabilities, Pool } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { capabilities } from '../admission/testing/pods.ts';
import { checkCapabilities } from './check-capabilities.ts';

const limits = { capacity: {}, labelDomains: [] };
const poolOf = (capacity: Record<string, string>, labels?: Record<string, string>) =>
  capabilities({ pools: [{ name: 'p', capacity, ...(labels === undefined ? {} : { labels }) }] });

test.each([
  ['cpu', '31500m', true],
  ['memory', '0.5Gi', true],
  ['pods', '110', true],
  ['ephemeral-storage', '100Gi', true],
  ['hugepages-2Mi', '4Mi', true],
  ['nvidia.com/gpu', '8', true],
  ['interlink.eu/node.slots_a', '0', true],
  ['cpu', '-1', false],
  ['cpu', '1e999', false],
  ['memory', '500m', false],
  ['memory', '8Ei', false],
  ['pods', '1.5', false],
  ['nvidia.com/gpu', '1500m', false],
  ['nvidia.com/gpu', 'many', false],
  ['cpu', `${'0'.repeat(100)}1`, false],
  ['gpu', '1', false],
  ['kubernetes.io/batch', '1', false],
  ['attachable.kubernetes.io/x', '1', false],
  ['requests.nvidia.com/gpu', '1', false],
  ['nvidia.com/gpu/0', '1', false],
  ['NVIDIA.com/gpu', '1', false],
  [`nvidia.com/${'g'.repeat(64)}`, '1', false],
  ['__proto__', '1', false],
])('checkCapabilities() of a capacity of %s: %s', (resource, quantity, isTaken) => {
  const told = poolOf(Object.fromEntries([[resource, quantity]]));
  const { capabilities: checked, problems } = checkCapabilities(told, limits);
  expect(checked.pools).toEqual([{ name: 'p', capacity: isTaken ? { [resource]: quantity } : {} }]);
  expect(problems).toEqual(isTaken ? [] : [`capacity of ${JSON.stringify(resource)}`]);
});

test('checkCapabilities() caps what the administrator has capped', () => {
  const told = poolOf({ cpu: '1e6', memory: '1Gi', 'nvidia.com/gpu': '64' });
  const capped = { ...limits, capacity: { cpu: '64', memory: '1024Mi', 'nvidia.com/gpu': '8', pods: '10' } };
  expect(checkCapabilities(told, capped).capabilities.pools[0]?.capacity).toEqual({
    cpu: '64',
    memory: '1Gi',
    'nvidia.com/gpu': '8',
  });
});

test('checkCapabilities() takes labels of its domains', () => {
  const told = poolOf({}, { 'interlink.eu/site': 'x', 'kubernetes.io/os': 'windows', type: 'worker' });
  const { capabilities: checked, problems } = checkCapabilities(told, limits);
  expect(checked.pools[0]?.labels).toEqual({ 'interlink.eu/site': 'x' });
  expect(problems).toEqual(['label "kubernetes.io/os"', 'label "type"']);
});

// `Required`: a field that is added to the protocol must be added here, too.
test('checkCapabilities() knows every field of the protocol', () => {
  const pool: Required<Pool> = { name: 'p', capacity: { cpu: '4' }, labels: { 'interlink.eu/site': 'x' } };
  const told: Required<Capabilities> = {
    protocolVersions: ['v2'],
    backend: { kind: 'docker', version: '29' },
    verbs: ['create', 'delete'],
    volumeTypes: ['secret'],
    queues: true,
    pools: [pool],
    durable: false,
    enforcesDeadline: true,
    unsafeSysctls: ['net.*'],
    kubeconfig: true,
    warnings: ['nothing is isolated'],
  };
  expect(checkCapabilities(told, limits)).toEqual({ capabilities: told, problems: [] });
});

test('checkCapabilities() keeps as much as is good for anything', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => index);
  const told = {
    ...capabilities({
      backend: { kind: '\u001b[31mdocker', version: 'v'.repeat(1_000_000) },
      warnings: many.map(() => 'w'.repeat(10_000)),
      pools: many.map((index) => ({
        name: 'n'.repeat(10_000),
        capacity: Object.fromEntries(many.slice(0, 200).map((other) => [`interlink.eu/r${other}`, `${index}`])),
      })),
    }),
    more: 'x'.repeat(1_000_000),
  };
  const { capabilities: checked } = checkCapabilities(told, limits);
  expect(checked.backend.kind).toBe('[31mdocker');
  expect(JSON.stringify(checked).length).toBeLessThan(200_000);
});
