import { expect, test } from 'vitest';
import { retryAfterMs, waitForTurn } from './retry-after.ts';

test.each([
  [429, '2', [2_000, 2_500]],
  [429, '0', [0, 0]],
])(
  'retryAfterMs() of %i with Retry-After %s is that, and a little more',
  (statusCode, value, [least = 0, most = 0]) => {
    const waitMs = retryAfterMs({ statusCode, headers: { 'retry-after': value } });
    expect(waitMs).toBeGreaterThanOrEqual(least);
    expect(waitMs).toBeLessThanOrEqual(most);
  },
);

test.each([
  [200, { 'retry-after': '2' }],
  [503, { 'retry-after': '2' }],
  [429, {}],
  [429, { 'retry-after': '31' }],
  [429, { 'retry-after': '-1' }],
  [429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }],
])('retryAfterMs() of %i with %o is nothing', (statusCode, headers) => {
  expect(retryAfterMs({ statusCode, headers })).toBeUndefined();
});

test('waitForTurn() ends with the signal', async () => {
  await expect(waitForTurn(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
});
