import { type Capabilities, InterLinkError } from '@interlink/protocol';
import { createLogger, noToken } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { capabilities } from '../admission/testing/pods.ts';
import { defaultNodePolicy } from '../config/node-policy.ts';
import { NodeCapabilities } from './node-capabilities.ts';

const told = capabilities({ pools: [{ name: 'a', capacity: { cpu: '8', memory: '16Gi' } }] });
const { signal } = new AbortController();

function nodeCapabilities(options: { ask?: () => Promise<Capabilities>; capacity?: Record<string, string> } = {}) {
  const { ask = async () => told, capacity = {} } = options;
  return new NodeCapabilities({
    ...{ name: 'a', pool: undefined, policy: defaultNodePolicy, settings: { capacity } },
    provider: { capabilities: ask },
    logger: createLogger('test', 'silent'),
  });
}

test('NodeCapabilities.capacity is what the node had, until the backend says what it has', () => {
  const known = nodeCapabilities();
  expect(known.capacity).toEqual({ cpu: '0', memory: '0', pods: '0', 'ephemeral-storage': '0' });
  known.noteBefore({ cpu: '2' });
  expect(known.capacity).toMatchObject({ cpu: '2', memory: '0' });
  known.take(told);
  expect(known.capacity).toMatchObject({ cpu: '8', memory: '16Gi', pods: '0' });
});

test('NodeCapabilities.capacity goes by the provider file before the backend', () => {
  const known = nodeCapabilities({ capacity: { cpu: '4' } });
  known.take(told);
  expect(known.capacity).toMatchObject({ cpu: '4', memory: '16Gi' });
});

test('NodeCapabilities.take() leaves out what a backend may not say', () => {
  const known = nodeCapabilities();
  known.take(capabilities({ pools: [{ name: 'a', capacity: { cpu: '8', memory: '-1' } }] }));
  expect(known.pool?.capacity).toEqual({ cpu: '8' });
});

test('NodeCapabilities.ask() keeps what was known when there is no answer, and says which token lacks', async () => {
  const missing = new InterLinkError('unauthenticated', 'make a token by that command', { reason: noToken });
  let hasToken = true;
  const known = nodeCapabilities({
    ask: async () => {
      if (!hasToken) throw missing;
      return told;
    },
  });
  expect([await known.ask(signal), known.tokenMissing]).toEqual([true, undefined]);
  hasToken = false;
  expect([await known.ask(signal), known.tokenMissing]).toEqual([false, missing.message]);
  expect(known.current?.pools).toEqual(told.pools);
  hasToken = true;
  expect([await known.ask(signal), known.tokenMissing]).toEqual([true, undefined]);
});
