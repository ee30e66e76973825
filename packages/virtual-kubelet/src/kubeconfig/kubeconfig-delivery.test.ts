import type { KubeClient } from '@interlink/kube';
import { type Capabilities, type DeliveredKubeconfig, InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { KubeconfigDelivery } from './kubeconfig-delivery.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const announced: Capabilities = {
  protocolVersions: ['v2'],
  backend: { kind: 'test', version: '1' },
  verbs: [],
  volumeTypes: [],
  queues: false,
  pools: [],
  kubeconfig: true,
};
const account = { namespace: 'vk', name: 'plugin' };
const minuteMs = 60_000;

async function start({ capabilities = announced, withAccount = true } = {}) {
  const sent: DeliveredKubeconfig[] = [];
  const asked: unknown[] = [];
  const events: string[] = [];
  const seen: { capabilities: Capabilities | undefined; apiTrouble?: Error; backendTrouble?: Error; ended: number } = {
    capabilities,
    ended: 0,
  };
  const { logger, everything } = keepLogLines();
  const create = async (_: unknown, path: unknown, body: object) => {
    asked.push([path, body]);
    if (seen.apiTrouble !== undefined) throw seen.apiTrouble;
    const now = Date.now();
    return {
      metadata: { creationTimestamp: new Date(now).toISOString() },
      status: { token: `token ${asked.length}`, expirationTimestamp: new Date(now + 60 * minuteMs).toISOString() },
    };
  };
  const delivery = new KubeconfigDelivery({
    plan: { account: withAccount ? account : undefined, server: 'https://api', ca: async () => 'CA' },
    client: { create: create as unknown as KubeClient['create'] },
    provider: {
      putKubeconfig: async (kubeconfig) => {
        if (seen.backendTrouble !== undefined) throw seen.backendTrouble;
        sent.push(kubeconfig);
      },
      deleteKubeconfig: async () => {
        seen.ended += 1;
      },
    },
    events: { record: (_, type, reason, message) => void events.push(`${type} ${reason}: ${message}`) },
    logger,
    name: 'n',
    capabilities: () => seen.capabilities,
    random: () => 0,
  });
  const stop = new AbortController();
  const running = delivery.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await vi.advanceTimersByTimeAsync(0);
  return { delivery, sent, asked, events, seen, everything };
}

test('a kubeconfig has one context by a token of the account alone, and is renewed before its end', async () => {
  const { sent, asked, events, everything } = await start();
  expect(asked).toEqual([
    [
      { ...account, subresource: 'token' },
      expect.objectContaining({ kind: 'TokenRequest', spec: { audiences: [], expirationSeconds: 3_600 } }),
    ],
  ]);
  expect(parse(sent[0]?.kubeconfig ?? '')).toMatchObject({
    clusters: [{ cluster: { server: 'https://api', 'certificate-authority-data': btoa('CA') } }],
    users: [{ name: 'plugin', user: { token: 'token 1' } }],
    contexts: [{ name: 'interlink', context: { namespace: 'vk', user: 'plugin' } }],
    'current-context': 'interlink',
  });
  await vi.advanceTimersByTimeAsync(47 * minuteMs);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2 * minuteMs);
  expect(sent).toHaveLength(2);
  expect(Date.parse(sent[0]?.expiresAt ?? '')).toBeGreaterThan(Date.now());
  expect(events).toEqual([]);
  expect(everything.join()).not.toContain('token 1');
});

test('a backend that does not ask gets none, and one that begins to ask gets it then', async () => {
  const { kubeconfig: _, ...silent } = announced;
  const { delivery, sent, asked, seen } = await start({ capabilities: silent });
  await vi.advanceTimersByTimeAsync(60 * minuteMs);
  expect([asked, sent]).toEqual([[], []]);
  seen.capabilities = announced;
  delivery.notify();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(1);
});

test('a backend that comes within reach again gets what there is, and no other token', async () => {
  const { delivery, sent, asked } = await start();
  delivery.deliverAgain();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual(sent[0]);
  expect(asked).toHaveLength(1);
});

test('an account that is missing is an event once, asked for later and later, and told again when all is well', async () => {
  const { sent, asked, events, seen } = await start();
  seen.apiTrouble = new Error('serviceaccounts "plugin" not found');
  await vi.advanceTimersByTimeAsync(60 * minuteMs);
  const reason = 'no token of service account vk/plugin: serviceaccounts "plugin" not found';
  expect(events).toEqual([`Warning KubeconfigNotDelivered: The backend has no new kubeconfig: ${reason}`]);
  expect(asked.length).toBeLessThan(14);
  delete seen.apiTrouble;
  await vi.advanceTimersByTimeAsync(10 * minuteMs);
  expect(sent).toHaveLength(2);
  expect(events.slice(1)).toEqual(['Normal KubeconfigDelivered: The backend has its kubeconfig']);
});

test('a backend that does not take it is asked again, with the same token', async () => {
  const { delivery, sent, asked, events, seen } = await start();
  seen.backendTrouble = new InterLinkError('resource_exhausted', 'disk full');
  delivery.deliverAgain();
  await vi.advanceTimersByTimeAsync(minuteMs);
  delete seen.backendTrouble;
  await vi.advanceTimersByTimeAsync(5 * minuteMs);
  expect([sent.length, asked.length]).toEqual([2, 1]);
  expect(events[0]).toBe('Warning KubeconfigNotDelivered: The backend has no new kubeconfig: disk full');
});

test('without an account a backend that asks has none of an earlier configuration left', async () => {
  const { delivery, sent, asked, seen } = await start({ withAccount: false });
  expect([seen.ended, sent, asked]).toEqual([1, [], []]);
  delivery.notify();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.ended).toBe(1);
});
