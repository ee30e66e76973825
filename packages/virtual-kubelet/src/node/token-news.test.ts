import { expect, test } from 'vitest';
import { nodeConditions } from './node-conditions.ts';
import { TokenNews } from './token-news.ts';

function given() {
  const tokenRenewal: { trouble: string | undefined; validForMs: number } = { trouble: undefined, validForMs: 1_000 };
  const events: string[] = [];
  const record = (_: unknown, type: string, reason: string, message: string) =>
    void events.push(`${type} ${reason}: ${message}`);
  const news = new TokenNews({ name: 'n', events: { record }, tokenRenewal });
  const connectivity = () => {
    const health = { isReady: true, backendTrouble: news.failure, tokenTrouble: news.warning };
    const found = nodeConditions(health, [], '2026-01-01T00:00:00Z').find(
      ({ type }) => type === 'InterLinkConnectivity',
    );
    return `${found?.status} ${found?.reason}: ${found?.message}`;
  };
  return { tokenRenewal, events, news, connectivity };
}

test('a renewal that fails is one event, and in the condition, which is False once the token has run out', () => {
  const { tokenRenewal, events, news, connectivity } = given();
  news.take();
  expect(events).toEqual([]);
  expect(connectivity()).toBe('True BackendReachable: the backend is within reach');
  tokenRenewal.trouble = 'No token for InterLink from https://i/: away';
  news.take();
  news.take();
  expect(connectivity()).toBe(
    'True TokenNotRenewed: No token for InterLink from https://i/: away; the present one is still valid',
  );
  tokenRenewal.validForMs = 0;
  news.take();
  expect(connectivity()).toBe('False BackendUnreachable: No token for InterLink from https://i/: away');
  expect(events).toEqual(['Warning TokenNotRenewed: No token for InterLink from https://i/: away']);
  Object.assign(tokenRenewal, { trouble: undefined, validForMs: 1_000 });
  news.take();
  expect(events.slice(1)).toEqual(['Normal TokenRenewed: There is a new token for InterLink']);
});
