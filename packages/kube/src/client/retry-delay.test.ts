import { errors } from 'undici';
import { describe, expect, it } from 'vitest';
import { brokenRetryDelay, busyRetryDelay, parseRetryAfter } from './retry-delay.ts';

const none = { busy: 0, broken: 0 };

describe('busyRetryDelay()', () => {
  it.each([
    ['POST', 429, 2, 2_000],
    ['GET', 429, undefined, 1_000],
    ['GET', 503, 3, 3_000],
    ['POST', 503, 3, undefined],
    ['GET', 503, undefined, undefined],
    ['GET', 500, 3, undefined],
    ['GET', 429, 3_600, 15_000],
  ])('%s, HTTP %d, Retry-After %s: %s ms', (method, code, retryAfter, expected) => {
    expect(busyRetryDelay(method, code, retryAfter, none)).toBe(expected);
  });

  it('gives up after five times', () => {
    expect(busyRetryDelay('GET', 429, 1, { busy: 5, broken: 0 })).toBeUndefined();
  });
});

describe('brokenRetryDelay()', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

  it('repeats what may be repeated, twice', () => {
    expect(brokenRetryDelay('PUT', reset, none)).toBe(0);
    expect(brokenRetryDelay('PATCH', new errors.SocketError('other side closed'), { busy: 0, broken: 1 })).toBe(100);
    expect(brokenRetryDelay('GET', reset, { busy: 0, broken: 2 })).toBeUndefined();
  });

  it('never repeats a POST, nor what did not break', () => {
    expect(brokenRetryDelay('POST', reset, none)).toBeUndefined();
    expect(brokenRetryDelay('GET', Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), none)).toBeUndefined();
  });
});

describe('parseRetryAfter()', () => {
  it('reads seconds and nothing else', () => {
    expect(parseRetryAfter('7')).toBe(7);
    expect(parseRetryAfter('Wed, 21 Oct 2026 07:28:00 GMT')).toBeUndefined();
    expect(parseRetryAfter(undefined)).toBeUndefined();
  });
});
