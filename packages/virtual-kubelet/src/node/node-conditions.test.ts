import type { NodeCondition } from '@interlink/kube';
import { expect, test } from 'vitest';
import { type NodeHealth, nodeConditions } from './node-conditions.ts';

const [now, earlier] = ['2026-01-02T03:05:00Z', '2026-01-01T00:00:00Z'];

const wordsOf = (health: NodeHealth) =>
  Object.fromEntries(nodeConditions(health, [], now).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

const well = {
  MemoryPressure: 'False KubeletHasSufficientMemory',
  DiskPressure: 'False KubeletHasNoDiskPressure',
  PIDPressure: 'False KubeletHasSufficientPID',
  NetworkUnavailable: 'False BackendReachable',
  InterLinkConnectivity: 'True BackendReachable',
  Ready: 'True KubeletReady',
};

test.each<[string, NodeHealth, object]>([
  ['well', { isReady: true, backendTrouble: undefined }, well],
  ['starting', { isReady: false, backendTrouble: undefined }, { ...well, Ready: 'False KubeletNotReady' }],
  [
    'cut off for longer than the administrator allows',
    { isReady: true, isGivenUp: true, backendTrouble: 'ECONNREFUSED' },
    {
      ...well,
      NetworkUnavailable: 'True BackendUnreachable',
      InterLinkConnectivity: 'False BackendUnreachable',
      Ready: 'False KubeletNotReady',
    },
  ],
  [
    // Its pods run on: Kubernetes must not evict them.
    'cut off from its backend',
    { isReady: true, backendTrouble: 'ECONNREFUSED' },
    { ...well, NetworkUnavailable: 'True BackendUnreachable', InterLinkConnectivity: 'False BackendUnreachable' },
  ],
])('nodeConditions() of a node that is %s', (_, health, expected) => {
  expect(wordsOf(health)).toEqual(expected);
});

test('nodeConditions() says why the backend is out of reach, and puts Ready last', () => {
  const conditions = nodeConditions({ isReady: true, backendTrouble: 'ECONNREFUSED' }, [], now);
  expect(conditions.find(({ type }) => type === 'InterLinkConnectivity')?.message).toBe('ECONNREFUSED');
  expect(conditions.at(-1)?.type).toBe('Ready');
});

test('nodeConditions() says that requests fail while the stream stands, and before that what is wrong with the token or the backend', () => {
  const connectivity = (health: Partial<NodeHealth>) => {
    const all = nodeConditions({ isReady: true, backendTrouble: undefined, requestTrouble: '401', ...health }, [], now);
    const found = all.find(({ type }) => type === 'InterLinkConnectivity');
    return `${found?.status} ${found?.reason}: ${found?.message}`;
  };
  expect(connectivity({})).toBe('True RequestsFail: news of pods come in, but new requests fail: 401');
  expect(connectivity({ tokenTrouble: 'none' })).toMatch(/^True TokenNotRenewed/);
  expect(connectivity({ backendTrouble: 'away' })).toBe('False BackendUnreachable: away');
});

test('nodeConditions() keeps foreign conditions, and the transition time of what has not flipped', () => {
  const foreign: NodeCondition = { type: 'example.com/Disk', status: 'Unknown', lastHeartbeatTime: earlier };
  const current: NodeCondition[] = [
    foreign,
    { type: 'MemoryPressure', status: 'False', lastTransitionTime: earlier },
    // What the node lifecycle controller writes when it has heard nothing.
    { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: earlier },
  ];
  const conditions = nodeConditions({ isReady: true, backendTrouble: undefined }, current, now);
  expect(conditions[0]).toBe(foreign);
  expect(conditions.filter(({ type }) => type === 'Ready')).toMatchObject([
    { status: 'True', reason: 'KubeletReady', lastTransitionTime: now, lastHeartbeatTime: now },
  ]);
  expect(conditions.find(({ type }) => type === 'MemoryPressure')).toMatchObject({
    lastTransitionTime: earlier,
    lastHeartbeatTime: now,
  });
});
