import { describe, expect, it } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';
import { ManualClock } from './testing/manual-clock.ts';

describe('ExpiringCache', () => {
  it('loads again when the time is over, not before', async () => {
    const clock = new ManualClock();
    const cache = new ExpiringCache<number>(10, clock.nowMs);
    let loads = 0;
    const load = async () => ({ value: ++loads, ttlMs: 100 });
    expect(await cache.get('k', load)).toBe(1);
    clock.advance(99);
    expect(await cache.get('k', load)).toBe(1);
    clock.advance(1);
    expect(await cache.get('k', load)).toBe(2);
  });

  it('loads once for all who ask at the same time', async () => {
    const cache = new ExpiringCache<number>(10, () => 0);
    let loads = 0;
    const load = async () => ({ value: ++loads, ttlMs: 100 });
    expect(await Promise.all([cache.get('k', load), cache.get('k', load)])).toEqual([1, 1]);
  });

  it('does not keep a failure', async () => {
    const cache = new ExpiringCache<number>(10, () => 0);
    await expect(cache.get('k', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await cache.get('k', async () => ({ value: 1, ttlMs: 100 }))).toBe(1);
  });

  it('never holds more than its bound', async () => {
    const cache = new ExpiringCache<number>(3, () => 0);
    for (let i = 0; i < 10; i += 1) await cache.get(String(i), async () => ({ value: i, ttlMs: 100 }));
    expect(cache.size).toBe(3);
    expect(await cache.get('9', async () => ({ value: -1, ttlMs: 100 }))).toBe(9);
  });
});
