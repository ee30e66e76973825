import { expect, test } from 'vitest';
import { PodTokens } from './pod-tokens.ts';

const { signal } = new AbortController();
const request = (uid = 'u', audiences: string[] = []) => ({
  audiences,
  expirationSeconds: 600,
  pod: { name: 'p', uid },
});
const hourMs = 3_600_000;

function start(lifetimeMs: number) {
  const clock = { ms: 1_000_000 };
  let refusal: Error | undefined;
  let issued = 0;
  const tokens = new PodTokens({
    issue: async () => {
      issued += 1;
      if (refusal !== undefined) throw refusal;
      return { token: `token-${issued}`, lifetimeMs };
    },
    now: () => clock.ms,
    random: () => 0,
  });
  const get = async (uid?: string, audiences?: string[]) =>
    await tokens.get('ns', 'robot', request(uid, audiences), signal);
  const refuse = (error: Error | undefined) => {
    refusal = error;
  };
  return { clock, tokens, get, refuse, count: () => issued };
}

test.each([
  ['80 % of its life', hourMs, 0.8 * hourMs],
  ['24 h', 100 * hourMs, 24 * hourMs],
])('get() gives the token at hand until %s is over', async (_, lifetimeMs, renewedAfterMs) => {
  const { clock, tokens, get } = start(lifetimeMs);
  const begin = clock.ms;
  expect(await get()).toBe('token-1');
  expect(tokens.renewAtMs('u')).toBe(begin + renewedAfterMs);
  clock.ms = begin + renewedAfterMs - 1;
  expect(await get()).toBe('token-1');
  clock.ms = begin + renewedAfterMs;
  expect(await get()).toBe('token-2');
  expect(tokens.renewAtMs('u')).toBe(begin + 2 * renewedAfterMs);
});

test('get() keeps pods and audiences apart, and forgets a pod', async () => {
  const { tokens, get } = start(hourMs);
  expect([await get(), await get('u', ['vault']), await get('other'), await get()]).toEqual([
    'token-1',
    'token-2',
    'token-3',
    'token-1',
  ]);
  tokens.forget('u');
  expect(tokens.renewAtMs('u')).toBeUndefined();
  expect([await get(), await get('other')]).toEqual(['token-4', 'token-3']);
});

test('get() gives the old token while the API gives no new one, asks more and more rarely, and fails after its end', async () => {
  const { clock, tokens, get, refuse, count } = start(600_000);
  const begin = clock.ms;
  await get();
  refuse(new Error('no'));
  const waits: number[] = [];
  clock.ms = begin + 480_000;
  while (clock.ms < begin + 600_000) {
    expect(await get()).toBe('token-1');
    const next = tokens.renewAtMs('u') ?? 0;
    waits.push(next - clock.ms);
    clock.ms = next;
  }
  expect(waits.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  expect(clock.ms).toBe(begin + 600_000);
  await expect(get()).rejects.toThrow('no');
  expect(count()).toBe(waits.length + 2);
  refuse(undefined);
  expect(await get()).toBe(`token-${count()}`);
});
