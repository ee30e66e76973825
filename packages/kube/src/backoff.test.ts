import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

describe('Backoff', () => {
  it('doubles up to the maximum', () => {
    const backoff = new Backoff({ baseMs: 800, maxMs: 3_000, random: () => 0 });
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([800, 1_600, 3_000, 3_000]);
    expect(backoff.attempts).toBe(4);
  });

  it('stretches by the jitter', () => {
    const backoff = new Backoff({ baseMs: 100, maxMs: 100, jitter: 0.5, random: () => 0.5 });
    expect(backoff.next()).toBe(125);
  });

  it('starts anew after reset() and after a time without trouble', () => {
    let now = 0;
    const backoff = new Backoff({ baseMs: 10, maxMs: 1_000, random: () => 0, resetAfterMs: 500, now: () => now });
    expect([backoff.next(), backoff.next()]).toEqual([10, 20]);
    now = 500;
    expect(backoff.next()).toBe(40);
    now = 1_001;
    expect(backoff.next()).toBe(10);
    backoff.reset();
    expect(backoff.next()).toBe(10);
  });

  it('stays finite however often it is asked', () => {
    const backoff = new Backoff({ baseMs: 1, maxMs: 30_000, random: () => 0 });
    for (let i = 0; i < 5_000; i += 1) backoff.next();
    expect(backoff.next()).toBe(30_000);
  });
});
