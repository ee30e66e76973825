import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { RenewedToken } from './renewed-token.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lifetimeMs = 100_000;

function start() {
  const asked: number[] = [];
  let failure: string | undefined;
  let hold: Promise<void> | undefined;
  const { logger, lines, everything } = keepLogLines();
  const token = new RenewedToken({
    issuer: 'https://issuer.example/',
    random: () => 0,
    logger,
    ask: async () => {
      const askedAtMs = performance.now();
      asked.push(askedAtMs);
      await hold;
      if (failure !== undefined) throw new InterLinkError('unavailable', failure);
      return { accessToken: `token ${asked.length}`, askedAtMs, lifetimeMs };
    },
  });
  const stop = new AbortController();
  const told: Array<string | undefined> = [];
  token.onChange(() => told.push(token.trouble), stop.signal);
  const running = token.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  return {
    token,
    asked,
    told,
    lines,
    everything,
    end,
    fail: (why: string | undefined) => {
      failure = why;
    },
    holdBack: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      return () => {
        hold = undefined;
        resolve();
      };
    },
  };
}

test('a token is renewed when four fifths of its life are over, without anybody asking', async () => {
  const { token, asked, end } = start();
  expect(await token.current()).toBe('token 1');
  await vi.advanceTimersByTimeAsync(79_000);
  expect(await token.current()).toBe('token 1');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await token.current()).toBe('token 2');
  expect(asked).toHaveLength(2);
  await end();
});

test('current() by many waits for the one renewal that is under way', async () => {
  const { token, asked, holdBack, end } = start();
  await token.current();
  await vi.advanceTimersByTimeAsync(79_000);
  const release = holdBack();
  await vi.advanceTimersByTimeAsync(2_000);
  // The old one is valid still.
  expect(await token.current()).toBe('token 1');
  await vi.advanceTimersByTimeAsync(20_000);
  const waiting = Promise.all([token.current(), token.current()]);
  release();
  expect(await waiting).toEqual(['token 2', 'token 2']);
  expect(asked).toHaveLength(2);
  await end();
});

test('an issuer that is away costs nothing while the old token lasts, is told of, and asked later and later', async () => {
  const { token, asked, told, lines, fail, end } = start();
  await token.current();
  fail('connection refused');
  await vi.advanceTimersByTimeAsync(90_000);
  const reason = 'No token for InterLink from https://issuer.example/: connection refused';
  expect(await token.current()).toBe('token 1');
  expect(told).toEqual([reason]);
  const waits = asked.slice(2).map((at, index) => at - (asked[index + 1] ?? 0));
  expect(waits).toEqual([1_000, 2_000, 4_000]);
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(token.current()).rejects.toThrow(reason);
  expect(token.validForMs).toBe(0);
  expect(lines.filter((line) => line === 'no new token for InterLink')).toHaveLength(1);
  fail(undefined);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await token.current()).toMatch(/^token \d+$/);
  expect(told.at(-1)).toBeUndefined();
  await end();
});

test('a token that is refused is replaced at once, but not a young one', async () => {
  const { token, asked, end } = start();
  await token.current();
  token.refused();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
  token.refused();
  token.refused();
  await vi.advanceTimersByTimeAsync(0);
  expect(await token.current()).toBe('token 2');
  expect(asked).toHaveLength(2);
  await end();
});

test('current() asks by itself where nothing runs', async () => {
  const { logger } = keepLogLines();
  const ask = vi.fn(async () => ({ accessToken: 'once', askedAtMs: performance.now(), lifetimeMs }));
  const token = new RenewedToken({ issuer: 'https://issuer.example/', logger, ask });
  expect(await Promise.all([token.current(), token.current()])).toEqual(['once', 'once']);
  expect(ask).toHaveBeenCalledOnce();
});

test('no token is logged', async () => {
  const { token, everything, end } = start();
  await token.current();
  expect(everything.join()).toContain('new token');
  expect(everything.join()).not.toContain('token 1');
  await end();
});

test('run() ends only when the renewal under way is over: a refresh token may be spent by it', async () => {
  const { token, holdBack, end } = start();
  await token.current();
  const release = holdBack();
  await vi.advanceTimersByTimeAsync(81_000);
  let hasEnded = false;
  const ending = end().then(() => {
    hasEnded = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hasEnded).toBe(false);
  release();
  await ending;
  expect(await token.current()).toBe('token 2');
});
