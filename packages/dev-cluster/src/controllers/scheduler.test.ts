import { expect, test } from 'vitest';
import { createObject } from '../api/create.ts';
import { events, namespaces, nodes, pods, serviceAccounts } from '../kinds/kinds.ts';
import type { Json } from '../object.ts';
import { Store } from '../store/store.ts';
import { runScheduler } from './scheduler.ts';

const taint = { key: 'virtual', value: 'true', effect: 'NoSchedule' };

async function scheduled(node: Json, pod: Json): Promise<{ nodeName: unknown; told: unknown[] }> {
  const store = new Store();
  createObject(store, namespaces, { metadata: { name: 'ns' } }, { namespace: undefined });
  createObject(store, serviceAccounts, { metadata: { name: 'default' } }, { namespace: 'ns' });
  runScheduler(store);
  const body = { metadata: { name: 'n', labels: { zone: 'a' } }, ...node };
  createObject(
    store,
    nodes,
    { status: { conditions: [{ type: 'Ready', status: 'True' }] }, ...body },
    { namespace: undefined },
  );
  const spec = { containers: [{ name: 'c', image: 'i' }], ...pod };
  createObject(store, pods, { metadata: { name: 'p' }, spec }, { namespace: 'ns' });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const told = store.list(events, 'ns').map(({ reason, message }) => `${reason}: ${message}`);
  return { nodeName: store.get(pods, 'ns', 'p')?.spec?.nodeName, told };
}

test.each([
  ['a node without taints', {}, {}],
  ['a taint that is tolerated by key and value', { spec: { taints: [taint] } }, { tolerations: [taint] }],
  [
    'a taint that is tolerated whatever it is',
    { spec: { taints: [taint] } },
    { tolerations: [{ operator: 'Exists' }] },
  ],
  ['labels that are selected', {}, { nodeSelector: { zone: 'a' } }],
  ['a taint that only prefers', { spec: { taints: [{ ...taint, effect: 'PreferNoSchedule' }] } }, {}],
])('a pod goes to %s', async (_what, node, pod) => {
  const { nodeName, told } = await scheduled(node, pod);
  expect([nodeName, told]).toEqual(['n', ['Scheduled: Successfully assigned ns/p to n']]);
});

test.each([
  ['had untolerated taint {virtual: true}', { spec: { taints: [taint] } }, {}],
  [
    'had untolerated taint {virtual: true}',
    { spec: { taints: [taint] } },
    { tolerations: [{ ...taint, value: 'no' }] },
  ],
  ["didn't match Pod's node affinity/selector", {}, { nodeSelector: { zone: 'b' } }],
  ['were unschedulable', { spec: { unschedulable: true } }, {}],
  ['were not ready', { status: {} }, {}],
])('a pod waits for nodes when they %s', async (why, node, pod) => {
  const { nodeName, told } = await scheduled(node, pod);
  expect([nodeName, told]).toEqual([undefined, [`FailedScheduling: 0/1 nodes are available: node(s) ${why}.`]]);
});
